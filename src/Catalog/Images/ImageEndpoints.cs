using System.ComponentModel;
using System.Text.Json;
using Maydon.Catalog.Images.Lists;
using Maydon.Catalog.Images.Uploading;
using Maydon.Catalog.Images.Writing;
using Maydon.Catalog.Reading;
using Maydon.Catalog.Writing;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Catalog.Images;

/// <summary><c>/api/v1/project-image/</c>, <c>/client-image/</c> and <c>/nomenklatura-image/</c>.</summary>
internal static class ImageEndpoints
{
    private const string MultipartForm = "multipart/form-data";
    private const string Json = "application/json";
    private const string OneImage = "image";
    private const string ManyImages = "images";

    public static void MapImages<TQuery, TItem>(this IEndpointRouteBuilder routes)
        where TQuery : ImageQuery
        where TItem : CatalogImageItem
    {
        var list = routes.ServiceProvider.GetRequiredService<ImageList<TItem>>();
        var (records, one) = (list.Records, list.Records.One);
        RouteGroupBuilder Group() => routes.MapGroup(list.Address).WithTags(records.Name);

        var readers = Group();
        if (records.IsOpen)
            readers.AllowAnonymous().WithCachedReads<CatalogAnswers>();
        else
            readers.RequirePermission(records.Right("view")).WithProblems(401, 403);
        readers.Map("GET", "/", ListAsync<TQuery, TItem>).WithSummary($"The images of every {one}, the newest first").WithProblems(400, 404, 503);
        readers.Map("GET", "/{id:long}/", GetAsync<TItem>).WithSummary("One image").WithProblems(404);

        var writers = Group().WithProblems(401, 403).DisableValidation();
        writers.Map("POST", "/", AddAsync<TItem>).RequirePermission(records.Right("add")).Takes(UploadLimits.OneFile, list.Form, MultipartForm).ReceivesBeforehand(ReceiveForm.Beforehand(OneImage, mostFiles: 1))
            .WithSummary($"Add an image to a {one}").Produces<TItem>(StatusCodes.Status201Created).WithProblems(400, 404, 409, 413, 415);
        writers.Map("POST", "/bulk-upload/", AddManyAsync<TItem>).RequirePermission(records.Right("add")).Takes(UploadLimits.ManyFiles, list.BulkForm, MultipartForm)
            .ReceivesBeforehand(ReceiveForm.Beforehand(ManyImages, UploadLimits.FilesAtOnce))
            .WithSummary($"Add many images to a {one}, all or none").Produces<BulkUploadAnswer<TItem>>(StatusCodes.Status201Created).WithProblems(400, 404, 409, 413, 415);
        writers.Map("PUT", "/{id:long}/", ReplaceAsync<TItem>).RequirePermission(records.Right("change")).Takes(UploadLimits.OneFile, typeof(ImageForm), MultipartForm)
            .ReceivesBeforehand(ReceiveForm.Beforehand(OneImage, mostFiles: 1))
            .WithSummary("Replace an image; what is left out is emptied, its record stays").Produces<TItem>().WithProblems(400, 404, 412, 413, 415);
        writers.Map("PATCH", "/{id:long}/", ChangeAsync<TItem>).RequirePermission(records.Right("change")).Takes(UploadLimits.OneFile, typeof(ImageChangeForm), MultipartForm, Json)
            .ReceivesBeforehand(ReceiveForm.Beforehand(OneImage, mostFiles: 1))
            .WithSummary("Change an image, or what is said of it").Produces<TItem>().WithProblems(400, 404, 412, 413, 415);
        writers.Map("DELETE", "/{id:long}/", DeleteAsync<TItem>).RequirePermission(records.Right("delete"))
            .WithSummary("Delete an image for good").WithProblems(404, 412);
    }

    /// <summary>As a delegate: ASP.NET's analyzer of route handlers falls over one with type parameters.</summary>
    private static RouteHandlerBuilder Map(this RouteGroupBuilder group, string method, string pattern, Delegate handler) => group.MapMethods(pattern, [method], handler);

    private static RouteHandlerBuilder Takes(this RouteHandlerBuilder builder, long mostBytes, Type form, params string[] types) =>
        builder.WithMetadata(new RequestSizeLimitAttribute(mostBytes), new AcceptsMetadata(types, form));

    private static async Task<Results<CachedAnswer<Page<TItem>>, Problem>> ListAsync<TQuery, TItem>(
        [AsParameters] TQuery query, ImageReads<TItem> images, HttpContext context, CancellationToken cancellationToken)
        where TQuery : ImageQuery
        where TItem : CatalogImageItem
    {
        var (answer, refusal) = await images.ListAsync(query, context, cancellationToken);
        return answer is not null ? answer : refusal!;
    }

    private static async Task<Results<CachedAnswer<TItem>, Problem>> GetAsync<TItem>(long id, ImageReads<TItem> images, HttpContext context, CancellationToken cancellationToken)
        where TItem : CatalogImageItem =>
        await images.DetailAsync(id, context, cancellationToken) is { } answer ? answer : WriteImages.NotFound();

    private static async Task<Results<RecordAnswer<TItem>, Problem>> AddAsync<TItem>(
        HttpRequest request, ReceiveForm forms, WriteImages images, ImageAnswers<TItem> answers, CurrentUser user, CancellationToken cancellationToken) where TItem : CatalogImageItem
    {
        var (form, refusal) = await forms.ReadAsync(request, OneImage, mostFiles: 1, cancellationToken);
        using var received = form;
        if (received is null)
            return refusal!;
        var errors = new ValidationErrors();
        var fields = received.Read(errors);
        if (received.Images.Count == 0)
            errors.Add(OneImage, "required");
        var list = answers.List;
        if (RecordKey.Of(list.Records, received.Fields) is not { } key)
            return Problem.Invalid(errors.Add(list.Records.CodeField, "required"));
        if (errors.Count > 0)
            return Problem.Invalid(errors);
        return await answers.CreatedAsync(await images.AddAsync(list.Records, key, received.Images, fields, By(user), cancellationToken), cancellationToken);
    }

    private static async Task<Results<Created<BulkUploadAnswer<TItem>>, Problem>> AddManyAsync<TItem>(
        HttpRequest request, ReceiveForm forms, WriteImages images, ImageAnswers<TItem> answers, CurrentUser user, CancellationToken cancellationToken) where TItem : CatalogImageItem
    {
        var (form, refusal) = await forms.ReadAsync(request, ManyImages, UploadLimits.FilesAtOnce, cancellationToken);
        using var received = form;
        if (received is null)
            return refusal!;
        var list = answers.List;
        var errors = new ValidationErrors();
        if (received.Images.Count == 0)
            errors.Add(ManyImages, "required");
        if (RecordKey.Of(list.Records, received.Fields) is not { } key)
            return Problem.Invalid(errors.Add(list.Records.CodeField, "required"));
        if (errors.Count > 0)
            return Problem.Invalid(errors);
        var outcome = await images.AddAsync(list.Records, key, received.Images, new ImageFields(), By(user), cancellationToken);
        if (outcome.Refusal is not null)
            return outcome.Refusal;
        var items = await answers.ReadAsync(outcome.Ids, cancellationToken);
        return TypedResults.Created((string?)null, new BulkUploadAnswer<TItem>(Messages.Text("images_added", items.Count), items));
    }

    private static Task<Results<RecordAnswer<TItem>, Problem>> ReplaceAsync<TItem>(
        long id, [FromHeader(Name = "if-match"), Description(Tag)] string? ifMatch, HttpRequest request, ReceiveForm forms, WriteImages images, ImageAnswers<TItem> answers, CurrentUser user,
        CancellationToken cancellationToken) where TItem : CatalogImageItem =>
        WriteAsync(id, replace: true, ifMatch, request, forms, images, answers, By(user), cancellationToken);

    private static Task<Results<RecordAnswer<TItem>, Problem>> ChangeAsync<TItem>(
        long id, [FromHeader(Name = "if-match"), Description(Tag)] string? ifMatch, HttpRequest request, ReceiveForm forms, WriteImages images, ImageAnswers<TItem> answers, CurrentUser user,
        CancellationToken cancellationToken) where TItem : CatalogImageItem =>
        WriteAsync(id, replace: false, ifMatch, request, forms, images, answers, By(user), cancellationToken);

    private static async Task<Results<RecordAnswer<TItem>, Problem>> WriteAsync<TItem>(
        long id, bool replace, string? ifMatch, HttpRequest request, ReceiveForm forms, WriteImages images, ImageAnswers<TItem> answers, ChangeOrigin origin,
        CancellationToken cancellationToken) where TItem : CatalogImageItem
    {
        var errors = new ValidationErrors();
        if (!replace && request.HasJsonContentType())
        {
            var sent = await ReadJsonAsync(request, cancellationToken);
            if (sent is null)
                return Problem.Of(StatusCodes.Status400BadRequest, "malformed");
            errors = FieldRules.Check(sent);
            return errors.Count > 0
                ? Problem.Invalid(errors)
                : await answers.ChangedAsync(await images.ChangeAsync(answers.List.Records, id, received: null, sent, replace, ifMatch, origin, cancellationToken), cancellationToken);
        }

        var (form, refusal) = await forms.ReadAsync(request, OneImage, mostFiles: 1, cancellationToken);
        using var received = form;
        if (received is null)
            return refusal!;
        var fields = received.Read(errors);
        if (replace && received.Images.Count == 0)
            errors.Add(OneImage, "required");
        return errors.Count > 0
            ? Problem.Invalid(errors)
            : await answers.ChangedAsync(
                await images.ChangeAsync(answers.List.Records, id, received.Images.FirstOrDefault(), fields, replace, ifMatch, origin, cancellationToken), cancellationToken);
    }

    private static async Task<Results<NoContent, Problem>> DeleteAsync<TItem>(
        long id, [FromHeader(Name = "if-match"), Description(Tag)] string? ifMatch, WriteImages images, ImageList<TItem> list, CurrentUser user, CancellationToken cancellationToken)
        where TItem : CatalogImageItem =>
        await images.DeleteAsync(list.Records, id, ifMatch, By(user), cancellationToken) is { } refusal ? refusal : TypedResults.NoContent();

    private const string Tag = "The version of the image that was read, or its ETag: 412 when it is another by now. Without it the write goes on.";

    private static ChangeOrigin By(CurrentUser user) => new(ChangeWay.Api, user.Id);

    /// <summary>What binding would have thrown, had it known which of the two bodies comes.</summary>
    private static async Task<ImageFields?> ReadJsonAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await request.ReadFromJsonAsync<ImageFields>(cancellationToken);
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException("The body is not what was asked for.", e);
        }
    }
}

/// <summary>Images as they were written, in the form of their list.</summary>
internal sealed class ImageAnswers<TItem>(ImageList<TItem> list, ImageReads<TItem> reads, DbSession session) where TItem : CatalogImageItem
{
    public ImageList<TItem> List => list;

    public async Task<List<TItem>> ReadAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        // Where the request has a key its transaction is still open, and only its own connection sees what was written.
        await using var open = await session.OpenAsync(cancellationToken);
        return await reads.FindAsync(session.Connection, ids, forStrangers: false, cancellationToken);
    }

    public async Task<Results<RecordAnswer<TItem>, Problem>> CreatedAsync(ImageOutcome outcome, CancellationToken cancellationToken) =>
        await AnswerAsync(outcome, item => FormattableString.Invariant($"{list.Address}{item.Id}/"), cancellationToken);

    public async Task<Results<RecordAnswer<TItem>, Problem>> ChangedAsync(ImageOutcome outcome, CancellationToken cancellationToken) =>
        await AnswerAsync(outcome, _ => null, cancellationToken);

    private async Task<Results<RecordAnswer<TItem>, Problem>> AnswerAsync(ImageOutcome outcome, Func<TItem, string?> createdAt, CancellationToken cancellationToken)
    {
        if (outcome.Refusal is not null)
            return outcome.Refusal;
        // Somebody else may delete it between the commit and this.
        return await ReadAsync(outcome.Ids, cancellationToken) is [var item] ? new RecordAnswer<TItem>(item, item.Version, createdAt(item)) : WriteImages.NotFound();
    }
}
