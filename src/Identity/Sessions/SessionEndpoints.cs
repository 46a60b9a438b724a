using Maydon.Identity.Accounts;
using Maydon.Identity.Tokens;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Identity.Sessions;

public sealed class LoginRequest
{
    [MaxText(254)] public string? Email { get; init; }
    [MaxText(40)] public string? Phone { get; init; }
    [RequiredField, MaxText(1024)] public string? Password { get; init; }
}

public sealed record LoginAnswer(string Access, string Refresh, AccountBody User);

public sealed class RefreshRequest
{
    [RequiredField] public string? Refresh { get; init; }
}

public sealed class LogoutRequest
{
    public string? Refresh { get; init; }
}

/// <summary><c>/auth/…</c>: signing in and out, and the devices on which one is.</summary>
internal static class SessionEndpoints
{
    public static void MapSessionEndpoints(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/auth").AllowAnonymous().WithoutIdempotency().WithMetadata(new IgnoresBearerToken()).WithProblems(400, 401, 429, 503);
        open.MapPost("/login", Login).WithSummary("Sign in by email or phone").WithProblems(403);
        open.MapPost("/refresh", Refresh).WithSummary("New tokens for a refresh token, once");

        var own = routes.MapGroup("/auth").RequireAuthorization().WithProblems(401, 429);
        own.MapPost("/logout", Logout).WithSummary("End this session").WithProblems(400);
        own.MapPost("/logout-all", LogoutAll).WithSummary("End every session");
        own.MapGet("/sessions", List).WithSummary("The sessions that go on").WithProblems(400, 404);
        own.MapDelete("/sessions/{id}", End).WithSummary("End one session").WithProblems(404);
    }

    private static async Task<Results<Ok<LoginAnswer>, Problem>> Login(LoginRequest request, SignIn signIn, CancellationToken cancellationToken)
    {
        var byPhone = string.IsNullOrWhiteSpace(request.Email);
        var typed = byPhone ? request.Phone : request.Email;
        if (string.IsNullOrWhiteSpace(typed))
            return Problem.Invalid("email", "email_or_phone_required");
        var identifier = byPhone ? Identifier.Phone(typed) : Identifier.Email(typed);
        var result = await signIn.ExecuteAsync(typed, identifier, request.Password!, "invalid_credentials", cancellationToken);
        return result is { User: { } user, Tokens: { } tokens } ? TypedResults.Ok(new LoginAnswer(tokens.Access, tokens.Refresh, AccountBody.Of(user))) : result.Refusal!;
    }

    private static async Task<Results<Ok<TokenPair>, Problem>> Refresh(RefreshRequest request, RefreshSession refresh, CancellationToken cancellationToken) =>
        await refresh.ExecuteAsync(request.Refresh!, cancellationToken) is { } pair ? TypedResults.Ok(pair) : Problem.Of(StatusCodes.Status401Unauthorized, "token_not_valid");

    private static async Task<NoContent> Logout(LogoutRequest? request, SignOut signOut, CurrentUser user, CancellationToken cancellationToken)
    {
        await signOut.ExecuteAsync(user.Id, user.SessionId, request?.Refresh, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> LogoutAll(SignOut signOut, CurrentUser user, CancellationToken cancellationToken)
    {
        await signOut.EverywhereAsync(user.Id, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<Page<SessionBody>>, Problem>> List(
        [AsParameters] SessionListQuery query, OwnSessions sessions, CurrentUser user, HttpRequest request, CancellationToken cancellationToken)
    {
        var (page, refusal) = await sessions.ListAsync(query, user.Id, user.SessionId, request, cancellationToken);
        return page is null ? refusal! : TypedResults.Ok(page);
    }

    private static async Task<Results<NoContent, Problem>> End(string id, SignOut signOut, CurrentUser user, CancellationToken cancellationToken) =>
        await signOut.RevokeAsync(user.Id, id, cancellationToken) ? TypedResults.NoContent() : Problem.NotFound("session_not_found");
}
