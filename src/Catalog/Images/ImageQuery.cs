using System.ComponentModel;
using Maydon.Catalog.Reading;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Mvc;

namespace Maydon.Catalog.Images;

/// <summary>What a list of images can be asked for, whichever it is.</summary>
public abstract class ImageQuery : ListQuery
{
    [FromQuery(Name = "id")]
    public long? Id { get; set; }

    [FromQuery(Name = "is_main")]
    public bool? IsMain { get; set; }

    [FromQuery(Name = "category"), Description("The whole category, in any letter case.")]
    public string? Category { get; set; }

    [FromQuery(Name = "note"), Description("The whole note, in any letter case.")]
    public string? Note { get; set; }

    [FromQuery(Name = "position")]
    public long? Position { get; set; }

    [FromQuery(Name = "version")]
    public long? Version { get; set; }

    [FromQuery(Name = "created_at")]
    public QueryTime? CreatedAt { get; set; }

    [FromQuery(Name = "created_from"), Description("Created at this time or later.")]
    public QueryTime? CreatedFrom { get; set; }

    [FromQuery(Name = "created_to"), Description("Created at this time or earlier.")]
    public QueryTime? CreatedTo { get; set; }

    [FromQuery(Name = "updated_at")]
    public QueryTime? UpdatedAt { get; set; }

    [FromQuery(Name = "updated_from"), Description("Changed last at this time or later.")]
    public QueryTime? UpdatedFrom { get; set; }

    [FromQuery(Name = "updated_to"), Description("Changed last at this time or earlier.")]
    public QueryTime? UpdatedTo { get; set; }

    [FromQuery(Name = "search"), Description("Words that must all be in the record's code, name, title, or of a client in the email.")]
    public string? Search { get; set; }

    [FromQuery(Name = "ordering"), Description("Any field that is shown but the addresses, with - in front for descending; several with commas. -created_at unless told.")]
    public string? Ordering { get; set; }

    /// <summary>By code or id.</summary>
    internal abstract string? Record { get; }

    internal abstract string? RecordCode { get; }

    /// <summary>Of images <c>i</c> of records <c>t</c> that are not deleted.</summary>
    internal RecordFilter ToFilter(string table, bool forStrangers)
    {
        var filter = new RecordFilter(forStrangers ? true : null, forStrangers);
        filter.Equal("i.id", Id);
        filter.Equal("i.is_main", IsMain);
        filter.EqualFolded("i.category", Category);
        filter.EqualFolded("i.note", Note);
        filter.Equal("i.position", Position, isIndexed: false);
        filter.Equal("i.version", Version, isIndexed: false);
        filter.Compare("i.created_at", "=", CreatedAt);
        filter.Compare("i.created_at", ">=", CreatedFrom);
        filter.Compare("i.created_at", "<=", CreatedTo);
        filter.Compare("i.updated_at", "=", UpdatedAt);
        filter.Compare("i.updated_at", ">=", UpdatedFrom);
        filter.Compare("i.updated_at", "<=", UpdatedTo);
        filter.EqualCode(RecordCode);
        filter.OfRecord("t.id", table, Record);
        filter.Search(Search);
        filter.MustBeCounted();
        return filter;
    }
}
