using System.ComponentModel;
using Maydon.Catalog.Reading;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Mvc;

namespace Maydon.Catalog.Records;

/// <summary>What a list can be asked for, whichever it is.</summary>
public abstract class RecordQuery : ListQuery
{
    [FromQuery(Name = "id")]
    public long? Id { get; set; }

    [FromQuery(Name = "name"), Description("The whole name, in any letter case.")]
    public string? Name { get; set; }

    [FromQuery(Name = "description"), Description("The whole description.")]
    public string? Description { get; set; }

    [FromQuery(Name = "is_active"), Description("Who is not signed in sees active ones alone.")]
    public bool? IsActive { get; set; }

    [FromQuery(Name = "is_deleted"), Description("What is deleted is in no list: true finds nothing.")]
    public bool? IsDeleted { get; set; }

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

    [FromQuery(Name = "has_images")]
    public bool? HasImages { get; set; }

    [FromQuery(Name = "search"), Description("Words that must all be there: in the code, the name, the title, or of a client in the email.")]
    public string? Search { get; set; }

    [FromQuery(Name = "ordering"), Description("Any field that is shown, with - in front for descending; several with commas. -created_at unless told.")]
    public string? Ordering { get; set; }

    /// <summary>All that is asked for, of what this reader may see.</summary>
    internal RecordFilter ToFilter(bool forStrangers)
    {
        var filter = new RecordFilter(forStrangers ? IsActive is false ? null : true : IsActive, forStrangers) { FindsNothing = IsDeleted is true || (forStrangers && IsActive is false) };
        filter.Equal("t.id", Id);
        filter.EqualText("t.name", Name, isIndexed: true);
        filter.Equal("t.description", Description);
        filter.Equal("t.version", Version, isIndexed: false);
        filter.Compare("t.created_at", "=", CreatedAt);
        filter.Compare("t.created_at", ">=", CreatedFrom);
        filter.Compare("t.created_at", "<=", CreatedTo);
        filter.Compare("t.updated_at", "=", UpdatedAt);
        filter.Compare("t.updated_at", ">=", UpdatedFrom);
        filter.Compare("t.updated_at", "<=", UpdatedTo);
        filter.HasImages(HasImages);
        AddOwn(filter);
        filter.Search(Search);
        return filter;
    }

    /// <summary>What this list alone has.</summary>
    internal abstract void AddOwn(RecordFilter filter);
}
