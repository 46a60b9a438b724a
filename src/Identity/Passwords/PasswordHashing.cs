using System.Security.Cryptography;
using Maydon.Identity.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Maydon.Identity.Passwords;

/// <summary>PBKDF2 rounds of a new password's hash, to which older ones are raised at the next sign-in, and how many may wait for their turn.</summary>
internal sealed record PasswordCost(int Iterations, int MaxWaiting = 40)
{
    /// <summary>OWASP's figure for PBKDF2 with HMAC-SHA-512; about 0.15 s of one core.</summary>
    public static readonly PasswordCost Recommended = new(210_000);
}

internal sealed record PasswordCheck(bool IsRight, string? BetterHash);

/// <summary>
/// Hashes passwords on some of the cores only: a flood of sign-ins waits here, and beyond a bound is refused, while the rest of the
/// server goes on. Addresses take turns, so that one that hashes all the time, be it with right passwords, delays nobody by more than a turn.
/// </summary>
internal sealed class PasswordHashing
{
    private readonly PasswordHasher<User> _hasher;
    private readonly string _nobodysHash;
    private readonly TurnQueue _queue;
    private readonly Caller _caller;

    public PasswordHashing(PasswordCost cost, Caller caller)
    {
        _hasher = new(Options.Create(new PasswordHasherOptions { CompatibilityMode = PasswordHasherCompatibilityMode.IdentityV3, IterationCount = cost.Iterations }));
        _queue = new(AtOnce, cost.MaxWaiting);
        _caller = caller;
        _nobodysHash = _hasher.HashPassword(user: null!, RandomNumberGenerator.GetHexString(32));
    }

    public static int AtOnce { get; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>How long to stay away when it is refused.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>Null: too many are waiting already.</summary>
    public async Task<string?> HashAsync(string password, CancellationToken cancellationToken)
    {
        using var place = await _queue.EnterAsync(_caller.Network, cancellationToken);
        return place is null ? null : _hasher.HashPassword(user: null!, password);
    }

    /// <summary>
    /// Takes as long for nobody's account and for one without a password as for any other. Null: too many are waiting already.
    /// </summary>
    public async Task<PasswordCheck?> CheckAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        using var place = await _queue.EnterAsync(_caller.Network, cancellationToken);
        if (place is null)
            return null;
        var verdict = _hasher.VerifyHashedPassword(user: null!, hash ?? _nobodysHash, password);
        var isRight = hash is not null && verdict != PasswordVerificationResult.Failed;
        return new(isRight, isRight && verdict == PasswordVerificationResult.SuccessRehashNeeded ? _hasher.HashPassword(user: null!, password) : null);
    }
}
