using Maydon.Identity.Contracts;
using Maydon.Identity.Passwords;
using Maydon.Kernel.Http;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Maydon.Identity.Accounts;

/// <summary>For the command line and the first start: nobody on the network can make a superuser.</summary>
internal sealed class CreateSuperuser(IdentityDb db, DbSession session, PasswordHashing passwords, MaydonSettings settings, IdentityAudit audit, TimeProvider clock)
{
    private const string AdminName = "admin";

    public async Task<AccountCommandResult> ExecuteAsync(NewSuperuser superuser, CancellationToken cancellationToken)
    {
        var errors = new ValidationErrors();
        var email = Read(superuser.Email, Identifier.Email, errors, "email", "invalid_email");
        var phone = Read(superuser.Phone, Identifier.Phone, errors, "phone", "invalid_phone");
        var username = Read(superuser.Username, Identifier.Username, errors, "username", "invalid_username");
        if (errors.Count == 0 && email is null && phone is null && username is null)
            errors.Add("email", "email_or_phone_required");
        if (superuser.Language is { } language && !Messages.Languages.Contains(language))
            errors.Add("language", "invalid_choice", string.Join(", ", Messages.Languages));
        PasswordRules.Check(errors, "password", superuser.Password, email?.Value, superuser.FullName);
        await CheckFreeAsync(email, errors, "email", "email_exists", cancellationToken);
        await CheckFreeAsync(phone, errors, "phone", "phone_exists", cancellationToken);
        await CheckFreeAsync(username, errors, "username", "username_exists", cancellationToken);
        if (errors.Count > 0)
            return new(null, [.. errors.SelectMany(error => error.Value.Select(message => $"{error.Key}: {message}"))]);

        await using var transaction = await session.BeginAsync(cancellationToken);
        var id = await AddAsync(email, phone, username, superuser.FullName, superuser.Password, superuser.Language ?? Messages.Languages[0], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(id, []);
    }

    public async Task<FirstAdmin?> EnsureAdminAsync(string language, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        // Of several nodes that start at once one makes it, and the others wait to see that.
        await using (var command = new NpgsqlCommand("select pg_advisory_xact_lock(hashtext('maydon.identity.first-admin'))", session.Connection))
            await command.ExecuteNonQueryAsync(cancellationToken);
        if (await AnyExistsAsync(cancellationToken))
            return null;
        var email = Identifier.Email($"{AdminName}@{settings.PublicUrl.Host}") ?? Identifier.Email($"{AdminName}@localhost")!;
        var password = MadePassword.OfLength(20);
        await AddAsync(email, phone: null, Identifier.Username(AdminName), fullName: null, password, language, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new FirstAdmin(email.Value, AdminName, password, language);
    }

    /// <summary>In plain SQL: every start asks, and the first use of EF's model costs more than half a second.</summary>
    private async Task<bool> AnyExistsAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select exists (select from identity.users where is_superuser)", session.Connection);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private async Task<long> AddAsync(Identifier? email, Identifier? phone, Identifier? username, string? fullName, string password, string language, CancellationToken cancellationToken)
    {
        var user = new User(email?.Value, phone?.Value, username?.Value, clock.Now())
        {
            FullName = fullName?.Trim() ?? "",
            Language = language,
            PasswordHash = await passwords.HashAsync(password, cancellationToken) ?? throw new InvalidOperationException("Too many passwords are being hashed."),
        };
        user.MakeSuperuser();
        user.VerifyEmail();
        db.Users.Add(user);
        await db.SaveChangesAsync(cancellationToken);
        await audit.RecordAsync(IdentityAudit.AccountCreated, user.Id, null, new { user.IsSuperuser }, cancellationToken);
        return user.Id;
    }

    private static Identifier? Read(string? text, Func<string?, Identifier?> parse, ValidationErrors errors, string field, string messageKey)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var identifier = parse(text);
        if (identifier is null)
            errors.Add(field, messageKey);
        return identifier;
    }

    private async Task CheckFreeAsync(Identifier? identifier, ValidationErrors errors, string field, string messageKey, CancellationToken cancellationToken)
    {
        if (identifier is not null && await db.Users.Called(identifier).AnyAsync(cancellationToken))
            errors.Add(field, messageKey);
    }
}
