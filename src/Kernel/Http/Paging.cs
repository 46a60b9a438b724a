using System.ComponentModel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Maydon.Kernel.Http;

/// <summary>One page of a list. <c>next</c> and <c>previous</c> are absolute and keep the other parameters.</summary>
public sealed record Page<T>(long Count, string? Next, string? Previous, IReadOnlyList<T> Results);

/// <summary>The parameters every list has; a list's own query class adds its filters.</summary>
public abstract class ListQuery
{
    public const int DefaultSize = 20;
    public const int MaxSize = 100;

    [FromQuery(Name = "page"), Description("Page number, from 1.")]
    public int? Page { get; set; }

    [FromQuery(Name = "page_size"), Description("Rows per page, 20 unless told, at most 100.")]
    public int? PageSize { get; set; }

    public int Number => Page ?? 1;

    /// <summary>More than <see cref="MaxSize"/> is cut to it; zero and less mean nothing and give the default.</summary>
    public int Size => PageSize is > 0 and var size ? Math.Min(size, MaxSize) : DefaultSize;
    public long Offset => (long)(Number - 1) * Size;

    /// <summary>404 <c>invalid_page</c> for a page that a list of <paramref name="count"/> rows does not have; the first always exists.</summary>
    public Problem? Check(long count) => Number < 1 || (Number > 1 && Offset >= count) ? Problem.NotFound("invalid_page") : null;

    public Page<T> ToPage<T>(HttpRequest request, long count, IReadOnlyList<T> results) => new(
        count,
        Offset + Size < count ? Link(request, Number + 1) : null,
        Number > 1 ? Link(request, Number - 1) : null,
        results);

    private static string Link(HttpRequest request, int page)
    {
        var query = QueryHelpers.ParseQuery(request.QueryString.Value);
        query["page"] = page.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, request.Path, QueryString.Create(query));
    }
}
