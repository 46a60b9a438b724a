using Maydon.Identity.Codes;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Kernel.Localization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Identity.Accounts;

/// <summary><c>/auth/…</c>: becoming somebody, and what the server knows of oneself.</summary>
internal static class AccountEndpoints
{
    public static void MapAccountEndpoints(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/auth").AllowAnonymous().WithoutIdempotency().LimitCodes();
        open.MapPost("/signup", SignUp).WithSummary("Sign up; a code is mailed").WithProblems(400, 409, 429, 503).DisableValidation();
        open.MapPost("/verify-email", VerifyEmail).WithSummary("Verify the email by the code").WithProblems(400, 429);
        open.MapPost("/resend-otp", ResendCode).WithSummary("Mail another code to an email that awaits verification").WithProblems(400, 429);

        var own = routes.MapGroup("/auth").RequireAuthorization().WithProblems(401, 429);
        own.MapGet("/me", GetMe).WithSummary("The signed-in account");
        own.MapPatch("/me", ChangeMe).WithSummary("Change name or language").WithProblems(400);
    }

    private static async Task<Results<Created<EmailAnswer>, Problem>> SignUp(SignUpRequest request, SignUp signUp, CancellationToken cancellationToken)
    {
        var (email, refusal) = await signUp.ExecuteAsync(request, cancellationToken);
        return email is null ? refusal! : TypedResults.Created((string?)null, new EmailAnswer(Messages.Text("signed_up"), email.Value));
    }

    private static async Task<Results<Ok<EmailAnswer>, Problem>> VerifyEmail(VerifyEmailRequest request, VerifyEmail verify, CancellationToken cancellationToken)
    {
        var (email, refusal) = await verify.ExecuteAsync(request, cancellationToken);
        return email is null ? refusal! : TypedResults.Ok(new EmailAnswer(Messages.Text("email_now_verified"), email.Value));
    }

    private static async Task<Results<Ok<DetailAnswer>, Problem>> ResendCode(ResendCodeRequest request, RequestCode code, CancellationToken cancellationToken) =>
        await code.ExecuteAsync(request.Email, CodePurpose.VerifyEmail, cancellationToken) is { } refusal
            ? refusal
            : TypedResults.Ok(new DetailAnswer(Messages.Text("code_sent_if_waiting")));

    private static async Task<Results<Ok<AccountBody>, Problem>> GetMe(Profile profile, CurrentUser user, CancellationToken cancellationToken) =>
        Answer(await profile.GetAsync(user.Id, cancellationToken));

    private static async Task<Results<Ok<AccountBody>, Problem>> ChangeMe(ChangeProfileRequest request, Profile profile, CurrentUser user, CancellationToken cancellationToken) =>
        Answer(await profile.ChangeAsync(user.Id, request, cancellationToken));

    private static Results<Ok<AccountBody>, Problem> Answer(User? user) =>
        user is null ? Problem.Of(StatusCodes.Status401Unauthorized, "token_not_valid") : TypedResults.Ok(AccountBody.Of(user));
}
