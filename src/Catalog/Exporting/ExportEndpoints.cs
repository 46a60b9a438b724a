using System.ComponentModel;
using Maydon.Catalog.Reading;
using Maydon.Catalog.Records;
using Maydon.Catalog.Sheets;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Catalog.Exporting;

/// <summary><c>…/export/</c> and <c>…/template/</c> of each list.</summary>
internal static class ExportEndpoints
{
    private const string Format = "csv or xlsx; csv unless told.";

    public static void MapExports<TQuery, TItem>(this IEndpointRouteBuilder routes) where TQuery : RecordQuery where TItem : CatalogItem
    {
        var list = routes.ServiceProvider.GetRequiredService<CatalogList<TItem>>();
        var files = routes.MapGroup(list.Address).WithTags(list.Name).RequirePermission(list.Right("view")).WithProblems(400, 401, 403);
        // As delegates: ASP.NET's analyzer of route handlers falls over one with type parameters.
        files.MapMethods("/export/", ["GET"], (Delegate)ExportAsync<TQuery, TItem>).WithSummary($"{list.Many} as a file, as the list filters and orders them; pages do not matter")
            .Produces<Stream>(StatusCodes.Status200OK, SheetWriter.CsvType, SheetWriter.XlsxType).WithProblems(404, 503);
        files.MapMethods("/template/", ["GET"], (Delegate)Template<TItem>).WithSummary($"An empty file to fill with {list.Many.ToLowerInvariant()} and import, with headings in the caller's language")
            .Produces<Stream>(StatusCodes.Status200OK, SheetWriter.CsvType, SheetWriter.XlsxType);
    }

    private static async Task<Results<ExportedRecords, Problem>> ExportAsync<TQuery, TItem>(
        [AsParameters] TQuery query, [FromQuery(Name = "format"), Description(Format)] string? format, FindRecords find, CatalogList<TItem> list, CancellationToken cancellationToken)
        where TQuery : RecordQuery
        where TItem : CatalogItem
    {
        if ((SheetWriter.Check(format) ?? OrderingField.Check(query.Ordering, [.. list.Orders.Keys])) is { } malformed)
            return malformed;
        var (ids, refusal) = await find.RunAsync(query, list, list.Orders, format, cancellationToken);
        return refusal is not null ? refusal : new ExportedRecords(list, format, ids!);
    }

    private static Results<EmptySheet, Problem> Template<TItem>([FromQuery(Name = "format"), Description(Format)] string? format, CatalogList<TItem> list) where TItem : CatalogItem =>
        SheetWriter.Check(format) is { } malformed ? malformed : new EmptySheet(list, format);
}
