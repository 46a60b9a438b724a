using System.ComponentModel;
using Maydon.Catalog.Importing.Tasks;
using Maydon.Catalog.Records;
using Maydon.Catalog.Sheets;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Maydon.Catalog.Importing;

/// <summary><c>…/import/</c> of each list.</summary>
internal static class ImportEndpoints
{
    private const string Form = "multipart/form-data";

    public static void MapImport<TItem>(this IEndpointRouteBuilder routes) where TItem : CatalogItem
    {
        var list = routes.ServiceProvider.GetRequiredService<CatalogList<TItem>>();
        // As a delegate: ASP.NET's analyzer of route handlers falls over one with type parameters.
        routes.MapGroup(list.Address).WithTags(list.Name).MapMethods("/import/", ["POST"], (Delegate)ImportAsync<TItem>)
            .RequirePermission(list.Right("change"))
            .WithSummary($"Import a file of {list.Many.ToLowerInvariant()}, or with dry_run say what it would come to")
            .WithDescription($"CSV or Excel (.xlsx) of at most {ImportFiles.MaxBytes >> 20} MB, as the body or as the file of a form. Columns by their headings, in any order; `{list.CodeField}` must be there. New records need the right to add as well.")
            .Accepts<Stream>(SheetWriter.CsvType, SheetWriter.XlsxType, "application/octet-stream", Form)
            .WithMetadata(new RequestSizeLimitAttribute(ImportFiles.MaxBytes + (64 << 10)))
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                if (operation.RequestBody?.Content?.TryGetValue(Form, out var form) is true)
                    form.Schema = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema> { ["file"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" }, ["dry_run"] = new OpenApiSchema { Type = JsonSchemaType.Boolean } } };
                return Task.CompletedTask;
            })
            .ReceivesBeforehand(ReceiveAsync<TItem>)
            .WithProblems(400, 401, 403, 409, 413, 415, 503);
    }

    /// <summary>With a key: a dry run, which stores nothing, is answered before any transaction is open.</summary>
    private static async Task<IResult?> ReceiveAsync<TItem>(HttpContext context) where TItem : CatalogItem
    {
        var services = context.RequestServices;
        var (file, refusal) = await services.GetRequiredService<ImportFiles>().ReceiveAsync(context.Request, context.RequestAborted);
        if (file is null)
            return refusal;
        context.Response.RegisterForDispose(file);
        context.Features.Set(file);
        var list = services.GetRequiredService<CatalogList<TItem>>();
        if (!file.IsDryRun)
            return await services.GetRequiredService<StartImport>().LookIntoAsync(list, file, context.RequestAborted);
        var (found, unread) = await services.GetRequiredService<PreviewImport>().RunAsync(list, file, services.GetRequiredService<CurrentUser>().May(list.Right("add")), context.RequestAborted);
        return unread is not null ? unread : TypedResults.Ok(found);
    }

    private static async Task<Results<Accepted<ImportStarted>, Ok<ImportPreview>, Problem>> ImportAsync<TItem>(
        [FromQuery(Name = "dry_run"), Description("Answers what would be created, changed, left and refused, and stores nothing.")] bool? dryRun,
        HttpRequest request, ImportFiles files, StartImport start, PreviewImport preview, CatalogList<TItem> list, CurrentUser user, CancellationToken cancellationToken) where TItem : CatalogItem
    {
        var (file, refusal) = await files.ReceiveAsync(request, cancellationToken);
        if (refusal is not null)
            return refusal;
        using (file)
        {
            if (dryRun is true || file!.IsDryRun)
            {
                (var found, refusal) = await preview.RunAsync(list, file!, user.May(list.Right("add")), cancellationToken);
                return refusal is not null ? refusal : TypedResults.Ok(found);
            }

            (var started, refusal) = await start.RunAsync(list, file!, user, cancellationToken);
            return refusal is not null ? refusal : TypedResults.Accepted($"/api/v1/tasks/{started!.TaskId}/", started);
        }
    }
}
