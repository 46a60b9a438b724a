using System.ComponentModel;
using System.Text.RegularExpressions;
using Maydon.Kernel.Http;
using Maydon.Shop.Catalogue.Attributes;

namespace Maydon.Shop.Catalogue.Variants;

/// <summary>What staff say of a variant.</summary>
public sealed class VariantFields : SentFields
{
    [RequiredToCreate, Description("The id of its product, which it never leaves.")]
    public long? Product { get; set => field = Sent(value); }

    [RequiredToCreate, MaxLine(VariantTerms.SkuLength)]
    public string? Sku { get; set => field = Sent(value); }

    [RequiredToCreate]
    public decimal? Price { get; set => field = Sent(value); }

    [MaxLine(3), Description("ISO 4217; the shop's own unless told.")]
    public string? Currency { get; set => field = Sent(value); }

    [Description("What it cost before, more than the price.")]
    public decimal? CompareAtPrice { get; set => field = Sent(value); }

    [Within(0, VariantTerms.MostStock), Description("What is there when the variant is made. Later it changes by movements alone.")]
    public int? Stock { get; set => field = Sent(value); }

    [Description("""One value per attribute, such as {"Color":"Red"}. Attributes and values that nobody knows yet are made.""")]
    public Dictionary<string, string>? Attributes { get; set => field = Sent(value); }

    [Description("False takes it out of sale.")]
    public bool? IsActive { get; set => field = Sent(value); }
}

/// <summary>What a variant is, as staff decide it, before and after a change; its attributes apart.</summary>
internal sealed partial record VariantTerms
{
    public const int SkuLength = 100;
    public const int MostStock = 1_000_000;

    public string Sku { get; init; } = "";
    [RequiredToCreate]
    public decimal? Price { get; init; }
    public string Currency { get; init; } = "";
    public decimal? CompareAtPrice { get; init; }
    public bool IsActive { get; init; } = true;

    /// <summary>These terms with what was sent put over them.</summary>
    /// <param name="currency">Of a price whose currency nobody names.</param>
    public VariantTerms With(VariantFields sent, string currency) => new()
    {
        Sku = sent.IsSent(nameof(sent.Sku)) ? (sent.Sku ?? "").Trim() : Sku,
        Price = sent.IsSent(nameof(sent.Price)) ? sent.Price : Price,
        Currency = (sent.IsSent(nameof(sent.Currency)) ? sent.Currency : Currency)?.Trim().ToUpperInvariant() is { Length: > 0 } named ? named : currency,
        CompareAtPrice = sent.IsSent(nameof(sent.CompareAtPrice)) ? sent.CompareAtPrice : CompareAtPrice,
        IsActive = sent.IsSent(nameof(sent.IsActive)) ? sent.IsActive ?? true : IsActive,
    };

    public ValidationErrors Check(VariantFields sent)
    {
        var errors = FieldRules.Check(sent);
        if (Sku.Length == 0)
            errors.Add("sku", "required");
        if (Price is null)
            errors.Add("price", "required");
        if (Price <= 0)
            errors.Add("price", "must_be_positive");
        if (!CurrencyForm().IsMatch(Currency))
            errors.Add("currency", "invalid_currency");
        if (CompareAtPrice <= Price)
            errors.Add("compare_at_price", "compare_at_price_too_low");
        AttributeWords.Check(sent.Attributes, errors);
        return errors;
    }

    [GeneratedRegex("^[A-Z]{3}$", RegexOptions.NonBacktracking)]
    private static partial Regex CurrencyForm();
}
