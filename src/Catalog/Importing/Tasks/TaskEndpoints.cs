using Maydon.Catalog.Records;
using Maydon.Catalog.Sheets;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Catalog.Importing.Tasks;

/// <summary><c>/api/v1/tasks/</c>: an import for whoever started it, and for staff.</summary>
internal static class TaskEndpoints
{
    private const string Id = "task_id";

    public static void MapTasks(this IEndpointRouteBuilder routes)
    {
        var tasks = routes.MapGroup($"/api/v1/tasks/{{{Id}}}").WithTags("catalog").RequireAuthorization().OpenToApiKeys().WithProblems(401, 404);
        tasks.MapGet("/", GetAsync).WithSummary("How far an import has come");
        tasks.MapGet("/errors.csv", GetErrorsAsync).WithSummary("The rows that were not taken, as they stood in the file, with the reason in the caller's language")
            .Produces<Stream>(StatusCodes.Status200OK, SheetWriter.CsvType);
        tasks.MapPost("/confirm/", ConfirmAsync).WithSummary("Let an import go on that would deactivate more than a fifth of its list").WithProblems(403, 409);
        tasks.MapPost("/cancel/", CancelAsync).WithSummary("End an import; what it has already taken stays").WithProblems(403, 409);
    }

    private static async Task<Results<Ok<ImportTaskItem>, Problem>> GetAsync([FromRoute(Name = Id)] string taskId, OwnTasks tasks, CancellationToken cancellationToken) =>
        await tasks.FindAsync(taskId, cancellationToken) is { } task ? TypedResults.Ok(task.Item) : NotFound();

    private static async Task<Results<RefusedRows, Problem>> GetErrorsAsync([FromRoute(Name = Id)] string taskId, OwnTasks tasks, CancellationToken cancellationToken) =>
        await tasks.FindAsync(taskId, cancellationToken) is { } task ? new RefusedRows(task) : NotFound();

    private static Task<Results<Ok<ImportTaskItem>, Problem>> ConfirmAsync(
        [FromRoute(Name = Id)] string taskId, OwnTasks tasks, IEnumerable<CatalogList> lists, CurrentUser user, CancellationToken cancellationToken) =>
        ChangeAsync(taskId, tasks, lists, user, tasks.ConfirmAsync, "import_not_asking", cancellationToken);

    private static Task<Results<Ok<ImportTaskItem>, Problem>> CancelAsync(
        [FromRoute(Name = Id)] string taskId, OwnTasks tasks, IEnumerable<CatalogList> lists, CurrentUser user, CancellationToken cancellationToken) =>
        ChangeAsync(taskId, tasks, lists, user, tasks.CancelAsync, "import_ended", cancellationToken);

    private static async Task<Results<Ok<ImportTaskItem>, Problem>> ChangeAsync(
        string taskId, OwnTasks tasks, IEnumerable<CatalogList> lists, CurrentUser user, Func<OwnTask, CancellationToken, Task<OwnTask?>> change, string otherwise, CancellationToken cancellationToken)
    {
        if (await tasks.FindAsync(taskId, cancellationToken) is not { } task)
            return NotFound();
        // Rights may have been taken away since.
        if (!lists.Any(list => list.Name == task.Item.List && user.May(list.Right("change"))))
            return Problem.Forbidden();
        return await change(task, cancellationToken) is { } changed ? TypedResults.Ok(changed.Item) : Problem.Conflict(otherwise);
    }

    private static Problem NotFound() => Problem.NotFound("task_not_found");
}
