using System.Globalization;
using System.Net;
using System.Text.Json;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Http;

namespace Maydon.Identity;

/// <summary>Where a request comes from: nowhere for a command.</summary>
internal sealed class Caller(IHttpContextAccessor accessor)
{
    private IPAddress? Peer => accessor.HttpContext?.Connection.RemoteIpAddress;

    public string? Address => Peer?.ToString();

    /// <summary>The key of its counters.</summary>
    public string Network => CallerNetwork.Of(Peer).ToString("x", CultureInfo.InvariantCulture);

    /// <summary>The User-Agent; whatever is not printable ASCII has no business there.</summary>
    public string Device => string.Concat((accessor.HttpContext?.Request.Headers.UserAgent.ToString() ?? "").Select(c => c is >= ' ' and <= '~' ? c : '?'));
}

/// <summary>
/// What happens to accounts, for the audit log. Details hold neither secrets nor personal data: whoever reads the log finds the
/// person by the account's id.
/// </summary>
internal sealed class IdentityAudit(AuditLog log, Caller caller)
{
    public const string SignedUp = "signed_up";
    public const string SignUpDisputed = "sign_up_disputed";
    public const string SignedIn = "signed_in";
    public const string SignInFailed = "sign_in_failed";
    public const string SessionsEnded = "sessions_ended";
    public const string CodeRequested = "code_requested";
    public const string CodeRefused = "code_refused";
    public const string EmailVerified = "email_verified";
    public const string PasswordChanged = "password_changed";
    public const string PasswordReset = "password_reset";
    public const string AccountChanged = "account_changed";
    public const string AccountCreated = "account_created";
    public const string GroupCreated = "group_created";
    public const string GroupChanged = "group_changed";
    public const string GroupDeleted = "group_deleted";
    public const string ApiKeyCreated = "api_key_created";
    public const string ApiKeyRevoked = "api_key_revoked";

    public Task RecordAsync(string action, long? userId, long? actorId, object? details, CancellationToken cancellationToken) =>
        log.AddAsync(new AuditEntry(action, userId, actorId, caller.Address, details is null ? "{}" : JsonSerializer.Serialize(details)), cancellationToken);
}
