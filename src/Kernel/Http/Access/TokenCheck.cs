using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http.Access;

/// <summary>Credentials that were sent and are wrong are refused even where none are needed: the client must learn that its token is dead.</summary>
internal sealed class TokenCheck(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        context.User.Identity?.IsAuthenticated is true || context.Request.Headers.Authorization.Count == 0 ? next(context) : CheckAsync(context);

    private async Task CheckAsync(HttpContext context)
    {
        // The handler remembers its result: this does not authenticate again. Credentials of another kind than its own are no failure.
        var result = await context.AuthenticateAsync();
        if (result.Failure is null)
            await next(context);
        else
            await Problem.Of(StatusCodes.Status401Unauthorized, "token_not_valid").ExecuteAsync(context);
    }
}
