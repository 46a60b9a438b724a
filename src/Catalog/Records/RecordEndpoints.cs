using System.ComponentModel;
using Maydon.Catalog.Changes;
using Maydon.Catalog.Reading;
using Maydon.Catalog.Writing;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Catalog.Records;

/// <summary><c>/api/v1/project/</c>, <c>/client/</c> and <c>/nomenklatura/</c>.</summary>
internal static class RecordEndpoints
{
    public static void MapRecords<TQuery, TRecord, TFields, TItem>(this IEndpointRouteBuilder routes)
        where TQuery : RecordQuery
        where TRecord : CatalogRecord<TFields>, new()
        where TFields : notnull, RecordFields
        where TItem : CatalogItem
    {
        var list = routes.ServiceProvider.GetRequiredService<CatalogList<TRecord, TFields, TItem>>();
        var (one, many) = (list.One, list.Many);
        RouteGroupBuilder Group() => routes.MapGroup(list.Address).WithTags(list.Name).WithCodesAsSent();

        var readers = Group();
        if (list.IsOpen)
            readers.AllowAnonymous().WithCachedReads<CatalogAnswers>();
        else
            readers.RequirePermission(list.Right("view")).WithProblems(401, 403);
        readers.Map("GET", "/", ListAsync<TQuery, TItem>).WithSummary($"{many}, the newest first").WithProblems(400, 404, 503);
        readers.Map("GET", "/{code}/", GetAsync<TItem>).WithSummary($"One {one}").WithProblems(404);

        // The use case checks the fields itself, together with what follows from them: all that is wrong is told at once.
        var writers = Group().WithProblems(401, 403).DisableValidation();
        writers.Map("POST", "/", CreateAsync<TRecord, TFields, TItem>).RequirePermission(list.Right("add"))
            .WithSummary($"Add a {one}").Produces<TItem>(StatusCodes.Status201Created).WithProblems(400, 409);
        writers.Map("PUT", "/{code}/", ReplaceAsync<TRecord, TFields, TItem>).RequirePermission(list.Right("change"))
            .WithSummary($"Replace a {one}; what is left out is emptied").Produces<TItem>().WithProblems(400, 404, 412);
        writers.Map("PATCH", "/{code}/", ChangeAsync<TRecord, TFields, TItem>).RequirePermission(list.Right("change"))
            .WithSummary($"Change a {one}").Produces<TItem>().WithProblems(400, 404, 412);
        writers.Map("DELETE", "/{code}/", DeleteAsync<TRecord, TFields, TItem>).RequirePermission(list.Right("delete"))
            .WithSummary($"Delete a {one}; its code stays taken, and it can be restored").WithProblems(404, 412);
        writers.Map("POST", "/{code}/restore/", RestoreAsync<TRecord, TFields, TItem>).RequirePermission(list.Right("delete"))
            .WithSummary($"Undo the deletion of a {one}").Produces<TItem>().WithProblems(404, 409);
        writers.Map("GET", "/{code}/history/", HistoryAsync<TItem>).RequirePermission(list.Right("change"))
            .WithSummary($"What became of a {one}, field by field, the latest first; also of a deleted one").WithProblems(404);
    }

    /// <summary>As a delegate: ASP.NET's analyzer of route handlers falls over one with type parameters.</summary>
    private static RouteHandlerBuilder Map(this RouteGroupBuilder group, string method, string pattern, Delegate handler) => group.MapMethods(pattern, [method], handler);

    private static async Task<Results<CachedAnswer<Page<TItem>>, Problem>> ListAsync<TQuery, TItem>(
        [AsParameters] TQuery query, RecordReads<TItem> records, HttpContext context, CancellationToken cancellationToken)
        where TQuery : RecordQuery
        where TItem : CatalogItem
    {
        var (answer, refusal) = await records.ListAsync(query, context, cancellationToken);
        return answer is not null ? answer : refusal!;
    }

    private static async Task<Results<CachedAnswer<TItem>, Problem>> GetAsync<TItem>(
        string code, RecordReads<TItem> records, CatalogList<TItem> list, HttpContext context, CancellationToken cancellationToken) where TItem : CatalogItem =>
        await records.DetailAsync(code, context, cancellationToken) is { } answer ? answer : list.NotFound();

    private static async Task<Results<RecordAnswer<TItem>, Problem>> CreateAsync<TRecord, TFields, TItem>(
        TFields fields, WriteRecord<TRecord, TFields, TItem> records, CatalogList<TItem> list, CurrentUser user, CancellationToken cancellationToken)
        where TRecord : CatalogRecord<TFields>, new()
        where TFields : notnull, RecordFields
        where TItem : CatalogItem
    {
        var (item, refusal) = await records.CreateAsync(fields, By(user), cancellationToken);
        return refusal is not null ? refusal : new RecordAnswer<TItem>(item!, item!.Version, list.AddressOf(FieldRules.Trimmed(fields.Code)));
    }

    private static Task<Results<RecordAnswer<TItem>, Problem>> ReplaceAsync<TRecord, TFields, TItem>(
        string code, TFields fields, [FromHeader(Name = "if-match"), Description(Tag)] string? ifMatch, WriteRecord<TRecord, TFields, TItem> records, CurrentUser user,
        CancellationToken cancellationToken)
        where TRecord : CatalogRecord<TFields>, new()
        where TFields : notnull, RecordFields
        where TItem : CatalogItem =>
        AnswerAsync(records.ChangeAsync(code, fields, replace: true, ifMatch, By(user), cancellationToken));

    private static Task<Results<RecordAnswer<TItem>, Problem>> ChangeAsync<TRecord, TFields, TItem>(
        string code, TFields fields, [FromHeader(Name = "if-match"), Description(Tag)] string? ifMatch, WriteRecord<TRecord, TFields, TItem> records, CurrentUser user,
        CancellationToken cancellationToken)
        where TRecord : CatalogRecord<TFields>, new()
        where TFields : notnull, RecordFields
        where TItem : CatalogItem =>
        AnswerAsync(records.ChangeAsync(code, fields, replace: false, ifMatch, By(user), cancellationToken));

    private static async Task<Results<NoContent, Problem>> DeleteAsync<TRecord, TFields, TItem>(
        string code, [FromHeader(Name = "if-match"), Description(Tag)] string? ifMatch, WriteRecord<TRecord, TFields, TItem> records, CurrentUser user,
        CancellationToken cancellationToken)
        where TRecord : CatalogRecord<TFields>, new()
        where TFields : notnull, RecordFields
        where TItem : CatalogItem =>
        await records.DeleteAsync(code, ifMatch, By(user), cancellationToken) is { } refusal ? refusal : TypedResults.NoContent();

    private static Task<Results<RecordAnswer<TItem>, Problem>> RestoreAsync<TRecord, TFields, TItem>(
        string code, WriteRecord<TRecord, TFields, TItem> records, CurrentUser user, CancellationToken cancellationToken)
        where TRecord : CatalogRecord<TFields>, new()
        where TFields : notnull, RecordFields
        where TItem : CatalogItem =>
        AnswerAsync(records.RestoreAsync(code, By(user), cancellationToken));

    private static async Task<Results<Ok<Page<HistoryEntry>>, Problem>> HistoryAsync<TItem>(
        string code, [AsParameters] HistoryQuery query, RecordHistory history, CatalogList<TItem> list, HttpRequest request, CancellationToken cancellationToken) where TItem : CatalogItem
    {
        var (page, refusal) = await history.ReadAsync(list, code, query, request, cancellationToken);
        return refusal is not null ? refusal : TypedResults.Ok(page);
    }

    private const string Tag = "The version that was read, or its ETag: 412 when it is another by now. Without it the write goes on.";

    private static ChangeOrigin By(CurrentUser user) => new(ChangeWay.Api, user.Id);

    private static async Task<Results<RecordAnswer<TItem>, Problem>> AnswerAsync<TItem>(Task<RecordOutcome<TItem>> writing) where TItem : CatalogItem
    {
        var (item, refusal) = await writing;
        return refusal is not null ? refusal : new RecordAnswer<TItem>(item!, item!.Version);
    }
}
