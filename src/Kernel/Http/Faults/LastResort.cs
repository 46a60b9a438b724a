using System.Net;
using Maydon.Kernel.Http.Edge;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http.Faults;

/// <summary>The outermost frame: whatever happens inside leaves as problem details, and a caller who has gone is no error.</summary>
internal sealed class LastResort(RequestDelegate next, ExceptionProblems problems, MaydonSettings settings, ILogger<LastResort> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null } response)
            {
                RequestLanguage.Set(context);
                await StatusProblems.Of(response.StatusCode).ExecuteAsync(context);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ConnectionResetException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads this status but the request log.
            if (!context.Response.HasStarted)
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception e)
        {
            await AnswerAsync(context, e);
        }
    }

    private async Task AnswerAsync(HttpContext context, Exception exception)
    {
        var hasStarted = context.Response.HasStarted;
        if (!hasStarted)
        {
            context.Response.Clear();
            ResponseHeaders.Set(context, settings);
            // Before the problem is found, for some are told in words at once.
            RequestLanguage.Set(context);
        }

        var problem = problems.Find(exception, context);
        if (problem is null)
            logger.LogError(exception, "{Method} {Path} failed", context.Request.Method, context.Request.Path.Value);
        else if (problem.StatusCode >= (int)HttpStatusCode.InternalServerError)
            logger.LogWarning("{Method} {Path} could not be served: {Reason}", context.Request.Method, context.Request.Path.Value, exception.GetBaseException().Message);
        if (hasStarted)
        {
            // Half an answer must not pass for a whole one.
            context.Abort();
            return;
        }

        problem ??= settings.Debug ? Problem.Bug(exception) : Problem.Of(StatusCodes.Status500InternalServerError, "server_error");
        await problem.ExecuteAsync(context);
    }
}
