using System.ComponentModel;
using Maydon.Kernel.Http;
using Maydon.Shop.Catalogue.Texts;

namespace Maydon.Shop.Catalogue.Products;

/// <summary>What staff say of a product.</summary>
public sealed class ProductFields : SentFields
{
    [RequiredToCreate, MaxLine(ProductTerms.NameLength)]
    public string? Name { get; set => field = Sent(value); }

    [MaxLine(SlugSpace.Longest), Description("Lower-case letters, digits and hyphens. Made from the name when a product has none; a new name alone leaves it as it is.")]
    public string? Slug { get; set => field = Sent(value); }

    [MaxPlainText(ProductTerms.DescriptionLength), Description("Plain text: markup is taken out.")]
    public string? Description { get; set => field = Sent(value); }

    [RequiredToCreate, Description("The id of its category.")]
    public long? Category { get; set => field = Sent(value); }

    [Description("False hides it.")]
    public bool? IsActive { get; set => field = Sent(value); }
}

/// <summary>What a product is, as staff decide it, before and after a change.</summary>
internal sealed record ProductTerms
{
    public const int NameLength = 255;
    public const int DescriptionLength = 20_000;

    public string Name { get; init; } = "";

    /// <summary>Null lets it be made from the name.</summary>
    public string? Slug { get; init; }
    public string Description { get; init; } = "";
    public long? Category { get; init; }
    public bool IsActive { get; init; } = true;

    /// <summary>These terms with what was sent put over them.</summary>
    public ProductTerms With(ProductFields sent) => new()
    {
        Name = sent.IsSent(nameof(sent.Name)) ? (sent.Name ?? "").Trim() : Name,
        Slug = sent.IsSent(nameof(sent.Slug)) && sent.Slug?.Trim() is var slug ? (slug is "" ? null : slug) : Slug,
        Description = sent.IsSent(nameof(sent.Description)) ? PlainText.Of(sent.Description) : Description,
        Category = sent.IsSent(nameof(sent.Category)) ? sent.Category : Category,
        IsActive = sent.IsSent(nameof(sent.IsActive)) ? sent.IsActive ?? true : IsActive,
    };

    /// <summary>What is left out is emptied, but a slug stays: it is the address that others have.</summary>
    public ProductTerms Emptied() => new() { Slug = Slug };

    public ValidationErrors Check(ProductFields sent)
    {
        var errors = FieldRules.Check(sent);
        if (FieldRules.IsBlank(Name))
            errors.Add("name", "required");
        SlugSpace.Check(Slug, errors);
        if (Category is null)
            errors.Add("category", "required");
        return errors;
    }
}
