using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http.Access;

/// <summary>Credentials that were sent and are wrong are refused even where none are needed: the client must learn that its token is dead.</summary>
internal sealed class TokenCheck(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.User.Identity?.IsAuthenticated is not true)
            return context.Request.Headers.Authorization.Count == 0 ? next(context) : CheckAsync(context);
        if (CurrentUser.IsByApiKey(context.User) && context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            context.User = WithoutPerson(context.User);
        return next(context);
    }

    /// <summary>Where anybody may call, the caller's id means their cart, their orders: none of that is in the scope of a key.</summary>
    private static ClaimsPrincipal WithoutPerson(ClaimsPrincipal user) =>
        new(new ClaimsIdentity(user.Claims.Where(claim => claim.Type != CurrentUser.IdClaim), CurrentUser.ByApiKey));

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
