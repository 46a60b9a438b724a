using System.ComponentModel;
using Maydon.Kernel.Http;

namespace Maydon.Shop.Catalogue.Attributes;

/// <summary>What staff say of an attribute.</summary>
public sealed class AttributeFields : SentFields
{
    internal const int MostValues = 500;

    [RequiredToCreate, MaxLine(AttributeWords.WordLength)]
    public string? Name { get; set => field = Sent(value); }

    [Description("All of them, when sent: what variants have cannot be left out.")]
    public IReadOnlyList<string?>? Values { get; set => field = Sent(value); }

    internal string[] TidyValues() => [.. (Values ?? []).Select(value => AttributeWords.Tidy(value ?? ""))];

    /// <param name="nameKept">There is a name, if none is sent.</param>
    internal ValidationErrors Check(bool nameKept)
    {
        var errors = FieldRules.Check(this);
        if (FieldRules.IsBlank(Name) && !(nameKept && !IsSent(nameof(Name))))
            errors.Add("name", "required");
        if (Values?.Count > MostValues)
            errors.Add("values", "too_many_values", MostValues);
        foreach (var value in TidyValues().Take(MostValues))
            AttributeWords.CheckWord("values", value, errors);
        return errors;
    }
}
