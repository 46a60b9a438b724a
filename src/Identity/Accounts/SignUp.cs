using System.Globalization;
using Maydon.Identity.Codes;
using Maydon.Identity.Passwords;
using Maydon.Kernel.Http;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;

namespace Maydon.Identity.Accounts;

/// <summary>One of the roles that anybody can sign up with.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SignUpRoleAttribute() : OneOfAttribute([.. Roles.OfSignUp]);

public sealed class SignUpRequest
{
    [RequiredField, MaxText(254)] public string? Email { get; init; }
    [RequiredField] public string? Password { get; init; }
    [RequiredField, SignUpRole] public string? Role { get; init; }
    [MaxLine(User.MaxFullName)] public string? FullName { get; init; }
    [Language] public string? Language { get; init; }
}

/// <summary>
/// Makes an account that waits for its email to be verified. An email that has an account, verified or not, is refused; but whoever signs up
/// with it under another password disputes the sign-up under way, and then no password counts until the mailbox sets one
/// (docs/decisions/0010).
/// </summary>
internal sealed class SignUp(
    UnverifiedAccounts accounts, DbSession session, PasswordHashing passwords, OneTimeCodes codes, IdentityAudit audit, MaydonSettings settings)
{
    public async Task<(Identifier? Email, Problem? Refusal)> ExecuteAsync(SignUpRequest request, CancellationToken cancellationToken)
    {
        var name = FieldRules.Trimmed(request.FullName);
        var email = Identifier.Email(request.Email);
        if (!settings.Debug && email is { IsOfThisMachine: true })
            email = null;
        var errors = FieldRules.Check(request);
        if (email is null && !errors.ContainsKey("email"))
            errors.Add("email", "invalid_email");
        if (!errors.ContainsKey("password"))
            PasswordRules.Check(errors, "password", request.Password, email?.Value, name);
        if (email is null || errors.Count > 0)
            return (null, Problem.Invalid(errors));

        // Saves the hashing; of two at once the constraint refuses one with the same answer.
        if (await accounts.FindAsync(email, cancellationToken) is { } known)
            return (null, await RefuseAsync(known, request, name, cancellationToken));
        if (await passwords.HashAsync(request.Password!, cancellationToken) is not { } hash)
            return (null, Problem.Unavailable(PasswordHashing.RetryAfter));
        await using (var transaction = await session.BeginAsync(cancellationToken))
        {
            if (await accounts.AddAsync(email, hash, request.Role!, name, request.Language ?? RequestLanguage(), cancellationToken) is { } id)
            {
                await codes.SendAsync(email, CodePurpose.VerifyEmail, isFirst: true, cancellationToken);
                await audit.RecordAsync(IdentityAudit.SignedUp, id, id, null, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return (email, null);
            }
        }

        return (null, await accounts.FindAsync(email, cancellationToken) is { } other
            ? await RefuseAsync(other, request, name, cancellationToken)
            : Problem.Conflict("email_exists"));
    }

    /// <summary>Don't reveal what became of it: the answer is that of any email that is taken.</summary>
    private async Task<Problem> RefuseAsync(User known, SignUpRequest request, string name, CancellationToken cancellationToken)
    {
        if (known is { AwaitsVerification: true, PasswordHash: not null })
        {
            if (await passwords.CheckAsync(known.PasswordHash, request.Password!, cancellationToken) is not { } check)
                return Problem.Unavailable(PasswordHashing.RetryAfter);
            if (!check.IsRight)
            {
                await using var transaction = await session.BeginAsync(cancellationToken);
                if (await accounts.DisputeAsync(known, request.Role!, name, cancellationToken))
                    await audit.RecordAsync(IdentityAudit.SignUpDisputed, known.Id, null, null, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
        }

        return Problem.Conflict("email_exists");
    }

    private static string RequestLanguage() => Messages.Languages.FirstOrDefault(language => language == CultureInfo.CurrentUICulture.Name) ?? Messages.Languages[0];
}
