using System.Globalization;
using Maydon.Identity.Codes;
using Maydon.Identity.Passwords;
using Maydon.Kernel.Http;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

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
/// Makes an account that waits for its email to be verified. An email that has an account, verified or not, is refused: a stranger
/// could otherwise take over a sign-up that is under way; whoever lost the code asks for another.
/// </summary>
internal sealed class SignUp(IdentityDb db, DbSession session, PasswordHashing passwords, OneTimeCodes codes, IdentityAudit audit, TimeProvider clock)
{
    public async Task<(Identifier? Email, Problem? Refusal)> ExecuteAsync(SignUpRequest request, CancellationToken cancellationToken)
    {
        var name = request.FullName?.Trim() ?? "";
        var email = Identifier.Email(request.Email);
        var errors = new ValidationErrors();
        if (email is null)
            errors.Add("email", "invalid_email");
        PasswordRules.Check(errors, "password", request.Password, email?.Value, name);
        if (email is null || errors.Count > 0)
            return (null, Problem.Invalid(errors));

        // Saves the hashing; of two at once the constraint refuses one with the same answer.
        if (await db.Users.Called(email).AnyAsync(cancellationToken))
            return (null, Problem.Conflict("email_exists"));
        if (await passwords.HashAsync(request.Password!, cancellationToken) is not { } hash)
            return (null, Problem.Unavailable(PasswordHashing.RetryAfter));

        var user = new User(email.Value, phone: null, username: null, clock.Now())
        {
            FullName = name,
            PasswordHash = hash,
            Language = request.Language ?? RequestLanguage(),
        };
        user.SetRoles([request.Role!]);
        await using var transaction = await session.BeginAsync(cancellationToken);
        db.Users.Add(user);
        await db.SaveChangesAsync(cancellationToken);
        await codes.SendAsync(email, CodePurpose.VerifyEmail, isFirst: true, cancellationToken);
        await audit.RecordAsync(IdentityAudit.SignedUp, user.Id, user.Id, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (email, null);
    }

    private static string RequestLanguage() => Messages.Languages.FirstOrDefault(language => language == CultureInfo.CurrentUICulture.Name) ?? Messages.Languages[0];
}
