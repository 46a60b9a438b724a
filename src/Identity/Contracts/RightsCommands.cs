using System.Globalization;
using Maydon.Identity.Accounts;
using Maydon.Identity.ApiKeys;
using Maydon.Identity.Groups;
using Maydon.Identity.Staff;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Contracts;

/// <summary>A group and what it permits.</summary>
public sealed record NamedGroup(string Name, IReadOnlyList<string> Permissions);

/// <summary>A key that nobody has revoked, without the key itself.</summary>
public sealed record IssuedKey(
    long Id, string Account, string Name, string Prefix, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, bool IsExpired, DateTimeOffset? LastUsedAt);

/// <summary>An account for a program. The language, the default one unless told, is that of the errors it is told.</summary>
public sealed record NewServiceAccount(string Username, IReadOnlyList<string> Groups, string? FullName = null, string? Language = null);

/// <summary>What a command came to: a value, or a sentence in the current UI language that says why there is none.</summary>
public sealed record CommandOutcome<T>(T? Value, string? Fault) where T : class;

/// <summary>What the command line does about groups, service accounts and API keys, without anybody signed in. Recorded in the audit log.</summary>
public sealed class RightsCommands
{
    private readonly IdentityDb _db;
    private readonly WriteGroup _groups;
    private readonly CreateServiceAccount _accounts;
    private readonly WriteApiKey _keys;
    private readonly KnownPermissions _known;
    private readonly TimeProvider _clock;

    internal RightsCommands(IdentityDb db, WriteGroup groups, CreateServiceAccount accounts, WriteApiKey keys, KnownPermissions known, TimeProvider clock) =>
        (_db, _groups, _accounts, _keys, _known, _clock) = (db, groups, accounts, keys, known, clock);

    /// <summary>Every group, in alphabetical order.</summary>
    public async Task<IReadOnlyList<NamedGroup>> ListGroupsAsync(CancellationToken cancellationToken) =>
        await _db.Groups.OrderBy(group => group.Name).Select(group => new NamedGroup(group.Name, group.Permissions)).ToListAsync(cancellationToken);

    /// <summary>
    /// The group of this name, in any letter case, permits these and no others from now on; it is made if there is none. <c>catalog.client</c> is short for
    /// all four permissions of that model. When that changes anything its members' sessions end.
    /// </summary>
    public async Task<CommandOutcome<NamedGroup>> SetGroupAsync(string name, IReadOnlyList<string> permissions, CancellationToken cancellationToken)
    {
        if (CheckName(name, Group.MaxName) is { } wrong)
            return Refused<NamedGroup>(wrong);
        var all = permissions.SelectMany(Expand).ToList();
        var id = await _db.Groups.Where(group => IdentityDb.Fold(group.Name) == IdentityDb.Fold(name.Trim())).Select(group => (long?)group.Id).SingleOrDefaultAsync(cancellationToken);
        var (set, refusal) = id is { } existing
            ? await _groups.ChangeAsync(existing, name: null, all, actorId: null, cancellationToken)
            : await _groups.CreateAsync(name, all, actorId: null, cancellationToken);
        return set is null ? Refused<NamedGroup>(refusal!) : new(new NamedGroup(set.Name, set.Permissions), null);
    }

    /// <summary>The random password of the account that was made; it is known to nobody else.</summary>
    /// <param name="account">Who it is to be.</param>
    public async Task<CommandOutcome<string>> CreateServiceAccountAsync(NewServiceAccount account, CancellationToken cancellationToken)
    {
        var request = new CreateServiceAccountRequest { Username = account.Username, FullName = account.FullName, Language = account.Language, Groups = account.Groups };
        if (FieldRules.Check(request) is { Count: > 0 } wrong)
            return Refused<string>(Problem.Invalid(wrong));
        var (user, password, refusal) = await _accounts.ExecuteAsync(request, actorId: null, cancellationToken);
        return user is null ? Refused<string>(refusal!) : new(password, null);
    }

    /// <summary>A key for the account of this email, phone or username; without scopes for all that the account may now, without a lifetime for ever.</summary>
    public async Task<CommandOutcome<string>> CreateApiKeyAsync(string account, string name, IReadOnlyList<string> scopes, TimeSpan? lifetime, CancellationToken cancellationToken)
    {
        if (CheckName(name, ApiKey.MaxName) is { } wrong)
            return Refused<string>(wrong);
        if (await FindAsync(account, cancellationToken) is not { } user)
            return Refused<string>(Problem.NotFound("user_not_found"));
        var (label, now) = (FieldRules.Trimmed(name), _clock.Now());
        if (await _db.ApiKeys.AnyAsync(key => key.UserId == user.Id && key.Name == label && key.RevokedAt == null && (key.ExpiresAt == null || key.ExpiresAt > now), cancellationToken))
            return Refused<string>(Problem.Conflict("api_key_exists"));
        var (made, text, refusal) = await _keys.CreateAsync(
            user.Id, name, scopes.Count == 0 ? null : [.. scopes.SelectMany(Expand)], lifetime is { } time ? now + time : null, actorId: null, cancellationToken);
        return made is null ? Refused<string>(refusal!) : new(text!.Value, null);
    }

    /// <summary>Every key that nobody has revoked, expired ones too, the newest first.</summary>
    public async Task<IReadOnlyList<IssuedKey>> ListApiKeysAsync(CancellationToken cancellationToken)
    {
        var now = _clock.Now();
        var rows = await (
            from key in _db.ApiKeys
            where key.RevokedAt == null
            join user in _db.Users on key.UserId equals user.Id
            orderby key.Id descending
            select new { key, Account = user.Username ?? user.Email ?? user.Phone }).AsNoTracking().ToListAsync(cancellationToken);
        return [.. rows.Select(row => new IssuedKey(
            row.key.Id, row.Account!, row.key.Name, row.key.Prefix, row.key.Scopes, row.key.ExpiresAt, IsExpired: row.key.ExpiresAt <= now, row.key.LastUsedAt))];
    }

    /// <summary>Null when it is revoked; else why not.</summary>
    public async Task<string?> RevokeApiKeyAsync(long id, CancellationToken cancellationToken) =>
        await _keys.RevokeAsync(id, actorId: null, cancellationToken) is { } refusal ? Say(refusal) : null;

    private Task<User?> FindAsync(string account, CancellationToken cancellationToken) =>
        _db.Users.AsNoTracking().Called(Identifier.Parse(account) ?? Identifier.Nobody).SingleOrDefaultAsync(cancellationToken);

    private static Problem? CheckName(string name, int most) =>
        FieldRules.IsBlank(name) ? Problem.Invalid("name", "required")
        : FieldRules.Trimmed(name).Length > most ? Problem.Invalid("name", "max_length", most)
        : null;

    /// <summary>What is neither a permission nor a model stays as it is, to be refused with the rest.</summary>
    private IEnumerable<string> Expand(string typed)
    {
        var ofModel = _known.All.Where(permission => $"{permission[..permission.IndexOf('.', StringComparison.Ordinal)]}.{permission[(permission.IndexOf('_', StringComparison.Ordinal) + 1)..]}" == typed).ToList();
        return ofModel.Count > 0 ? ofModel : [typed];
    }

    private static CommandOutcome<T> Refused<T>(Problem refusal) where T : class => new(null, Say(refusal));

    private static string Say(Problem refusal) => refusal.ToBody(traceId: null, CultureInfo.CurrentUICulture).Detail;
}
