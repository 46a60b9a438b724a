using Maydon.Identity.Accounts;
using Maydon.Identity.Codes;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Kernel.Localization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Identity.Passwords;

/// <summary><c>/auth/password/…</c></summary>
internal static class PasswordEndpoints
{
    public static void MapPasswordEndpoints(this IEndpointRouteBuilder routes)
    {
        var own = routes.MapGroup("/auth/password").RequireAuthorization().WithProblems(400, 401, 429, 503);
        own.MapPost("/change", Change).WithSummary("Change the password; other sessions end").WithProblems(409)
            // A kept answer keeps a fast hash of the request, and so of both passwords.
            .WithoutIdempotency();

        var open = routes.MapGroup("/auth/password").AllowAnonymous().WithoutIdempotency().LimitCodes().WithProblems(400, 429, 503);
        open.MapPost("/reset", RequestReset).WithSummary("Mail a code to whoever forgot the password");
        open.MapPost("/reset/confirm", ConfirmReset).WithSummary("Set a new password by the code; every session ends").WithProblems(409);
    }

    private static async Task<Results<NoContent, Problem>> Change(ChangePasswordRequest request, ChangePassword change, CurrentUser user, CancellationToken cancellationToken) =>
        await change.ExecuteAsync(user.Id, user.SessionId, request, cancellationToken) is { } refusal ? refusal : TypedResults.NoContent();

    private static async Task<Results<Ok<DetailAnswer>, Problem>> RequestReset(RequestResetRequest request, RequestCode code, CancellationToken cancellationToken)
    {
        if (Unaddressed(request.Email, request.Phone) is { } refusal)
            return refusal;
        return await code.ExecuteAsync(request.Email, CodePurpose.ResetPassword, cancellationToken) is { } problem
            ? problem
            : TypedResults.Ok(new DetailAnswer(Messages.Text("reset_sent_if_known")));
    }

    private static async Task<Results<NoContent, Problem>> ConfirmReset(ConfirmResetRequest request, ResetPassword reset, CancellationToken cancellationToken) =>
        (Unaddressed(request.Email, request.Phone) ?? await reset.ExecuteAsync(request, cancellationToken)) is { } refusal ? refusal : TypedResults.NoContent();

    /// <summary>Codes go by mail alone; that there is nobody to send an SMS is said of every phone alike.</summary>
    private static Problem? Unaddressed(string? email, string? phone) =>
        !string.IsNullOrWhiteSpace(email) ? null
        : string.IsNullOrWhiteSpace(phone) ? Problem.Invalid("email", "email_or_phone_required")
        : Problem.Of(StatusCodes.Status503ServiceUnavailable, "sms_unconfigured");
}
