using System.ComponentModel;
using Maydon.Kernel.Http;
using Maydon.Shop.Catalogue.Texts;

namespace Maydon.Shop.Catalogue.Categories;

/// <summary>What staff say of a category.</summary>
public sealed class CategoryFields : SentFields
{
    internal const int MostPosition = 1_000_000;

    [RequiredToCreate, MaxLine(CategoryTerms.NameLength)]
    public string? Name { get; set => field = Sent(value); }

    [MaxLine(SlugSpace.Longest), Description("Lower-case letters, digits and hyphens. Made from the name when a category has none; a new name alone leaves it as it is.")]
    public string? Slug { get; set => field = Sent(value); }

    [Description("The category it belongs to; null stands at the top.")]
    public long? Parent { get; set => field = Sent(value); }

    [Within(0, MostPosition), Description("Among those of one parent, the lowest first; a new one comes last unless told.")]
    public int? Position { get; set => field = Sent(value); }

    [Description("False hides it with everything below it.")]
    public bool? IsActive { get; set => field = Sent(value); }
}

/// <summary>What a category is, as staff decide it, before and after a change.</summary>
internal sealed record CategoryTerms
{
    public const int NameLength = 255;

    public string Name { get; init; } = "";

    /// <summary>Null lets it be made from the name.</summary>
    public string? Slug { get; init; }
    public long? Parent { get; init; }
    public int Position { get; init; }
    public bool IsActive { get; init; } = true;

    /// <summary>These terms with what was sent put over them.</summary>
    public CategoryTerms With(CategoryFields sent) => new()
    {
        Name = sent.IsSent(nameof(sent.Name)) ? (sent.Name ?? "").Trim() : Name,
        Slug = sent.IsSent(nameof(sent.Slug)) && sent.Slug?.Trim() is var slug ? (slug is "" ? null : slug) : Slug,
        Parent = sent.IsSent(nameof(sent.Parent)) ? sent.Parent : Parent,
        Position = sent.IsSent(nameof(sent.Position)) ? sent.Position ?? 0 : Position,
        IsActive = sent.IsSent(nameof(sent.IsActive)) ? sent.IsActive ?? true : IsActive,
    };

    /// <summary>What is left out is emptied, but a slug stays: it is the address that others have.</summary>
    public CategoryTerms Emptied() => new() { Slug = Slug };

    public ValidationErrors Check(CategoryFields sent)
    {
        var errors = FieldRules.Check(sent);
        if (FieldRules.IsBlank(Name))
            errors.Add("name", "required");
        SlugSpace.Check(Slug, errors);
        return errors;
    }
}
