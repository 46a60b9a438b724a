using Maydon.Identity.Accounts;
using Maydon.Identity.Sessions;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Identity.Tokens;

public sealed class ObtainTokenRequest
{
    [RequiredField, MaxText(254)] public string? Username { get; init; }
    [RequiredField, MaxText(1024)] public string? Password { get; init; }
}

public sealed class VerifyTokenRequest
{
    [RequiredField] public string? Token { get; init; }
}

/// <summary>An empty object: the token is live.</summary>
public sealed record LiveToken;

/// <summary><c>/api/token/</c>: what clients of the older interface know.</summary>
internal static class TokenEndpoints
{
    private const string NoActiveAccount = "no_active_account";

    public static void MapTokenEndpoints(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/api/token").AllowAnonymous().WithoutIdempotency().WithMetadata(new IgnoresBearerToken()).WithProblems(400, 401, 429, 503);
        open.MapPost("/", Obtain).WithSummary("Tokens for a username, email or phone");
        open.MapPost("/refresh/", Refresh).WithSummary("New tokens for a refresh token, once");
        open.MapPost("/verify/", Verify).WithSummary("Whether an access or refresh token is live");
    }

    private static async Task<Results<Ok<TokenPair>, Problem>> Obtain(ObtainTokenRequest request, SignIn signIn, CancellationToken cancellationToken)
    {
        var result = await signIn.ExecuteAsync(request.Username!, Identifier.Parse(request.Username), request.Password!, NoActiveAccount, cancellationToken);
        if (result.Tokens is { } tokens)
            return TypedResults.Ok(tokens);
        // Its clients know one refusal: that a right password only waits for its email to be verified is told at /auth/login.
        return result.Refusal is { StatusCode: StatusCodes.Status403Forbidden } ? Problem.Of(StatusCodes.Status401Unauthorized, NoActiveAccount) : result.Refusal!;
    }

    private static async Task<Results<Ok<TokenPair>, Problem>> Refresh(RefreshRequest request, RefreshSession refresh, CancellationToken cancellationToken) =>
        await refresh.ExecuteAsync(request.Refresh!, cancellationToken) is { } pair ? TypedResults.Ok(pair) : NotValid();

    private static async Task<Results<Ok<LiveToken>, Problem>> Verify(
        VerifyTokenRequest request, AccessTokens tokens, EndedSessions ended, RefreshSession refresh, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (tokens.Read(request.Token!) is not { } token)
            return NotValid();
        var isLive = token.IsAlive(AccessTokens.AccessType, now)
            ? !ended.Contains(token.SessionId)
            : token.IsAlive(AccessTokens.RefreshType, now) && await refresh.IsLiveAsync(token, cancellationToken);
        return isLive ? TypedResults.Ok(new LiveToken()) : NotValid();
    }

    private static Problem NotValid() => Problem.Of(StatusCodes.Status401Unauthorized, "token_not_valid");
}
