using Maydon.Kernel.Http.Access;
using Maydon.Kernel.Http.Edge;
using Maydon.Kernel.Http.Faults;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Kernel.Http.OpenApi;
using Maydon.Kernel.Http.Throttling;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Kernel.Http;

/// <summary>A request's way from the wire to its endpoint.</summary>
internal static class HttpPipeline
{
    public static void UseKernelHttp(this WebApplication app, MaydonSettings settings)
    {
        app.UseMiddleware<CountRequests>();
        app.UseMiddleware<LastResort>();
        app.UseTrustedProxies(settings);
        app.UseMiddleware<SpeakAcceptedLanguage>();
        app.UseMiddleware<Door>();
        app.UseRouting();
        app.UseCrossOrigin(settings);
        app.UseAuthentication();
        app.Use(KeepPersonalAnswersToThemselves);
        app.UseMiddleware<SpeakChosenLanguage>();
        // Before the token is refused: guessing tokens is limited too.
        app.UseMiddleware<LimitRequests>();
        app.UseMiddleware<TokenCheck>();
        app.UseAuthorization();
        app.UseMiddleware<HonourIdempotencyKey>();
        app.MapDocumentation();
    }

    /// <summary>What is said to somebody, or done for them, is kept by no cache and no browser unless the answer itself says otherwise.</summary>
    private static Task KeepPersonalAnswersToThemselves(HttpContext context, RequestDelegate next)
    {
        var method = context.Request.Method;
        if (context.User.Identity?.IsAuthenticated is true || !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method)))
            context.Response.Headers.CacheControl = "no-store";
        return next(context);
    }

    public static RouteGroupBuilder MapProgram(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("").AddEndpointFilter<RouteGroupBuilder, RefusalFilter>().AnswerHead();
}
