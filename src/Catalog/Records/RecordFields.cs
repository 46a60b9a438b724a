using System.ComponentModel;
using Maydon.Catalog.Texts;
using Maydon.Kernel.Http;

namespace Maydon.Catalog.Records;

/// <summary>What somebody says of a record, whichever list it is in.</summary>
public abstract class RecordFields : SentFields
{
    public abstract string? Name { get; set; }

    [MaxText(CatalogRecord.DescriptionLength), Description("HTML; what is not harmless formatting is taken out.")]
    public string? Description { get; set => field = Sent(value); }

    [Description("False hides it from who is not signed in.")]
    public bool? IsActive { get; set => field = Sent(value); }

    /// <summary>As it is kept. Made once: a writer makes it before its turn, in which others wait.</summary>
    internal string? SafeDescription => field ??= SafeHtml.Of(Description);

    /// <summary>Under the name that the list gives it. Only a creation heeds it.</summary>
    internal abstract string? Code { get; }
}
