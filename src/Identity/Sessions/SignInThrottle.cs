using System.Globalization;
using Maydon.Identity.Accounts;
using Maydon.Kernel.Http;
using Maydon.Kernel.Settings;

namespace Maydon.Identity.Sessions;

/// <summary>
/// Five failures per account and fifty per address in a quarter of an hour. An attempt is counted before its password is looked at and
/// taken back when it was right, so that many at once are no way around. Accounts that do not exist are counted alike.
/// </summary>
internal sealed class SignInThrottle(ThrottleCounters counters, Caller caller)
{
    private const string AccountScope = "sign-in-account";
    private const string AddressScope = "sign-in-address";
    private const string RefusalScope = "sign-in-refused";
    private static readonly Rate s_perAccount = new(5, TimeSpan.FromMinutes(15));
    private static readonly Rate s_perAddress = new(50, TimeSpan.FromMinutes(15));

    /// <summary>One account has one counter, whichever of its names is used.</summary>
    public static string KeyOf(User user) => string.Create(CultureInfo.InvariantCulture, $"id:{user.Id}");

    public static string KeyOf(User? user, Identifier? identifier, string typed) =>
        user is not null ? KeyOf(user) : "none:" + (identifier?.Value ?? typed.Trim().ToLowerInvariant());

    /// <summary>Null when it may be tried and has been counted; else how long to wait.</summary>
    public async ValueTask<TimeSpan?> CountAsync(string accountKey, CancellationToken cancellationToken)
    {
        if (await counters.HitAsync(AddressScope, caller.Network, s_perAddress, cancellationToken) is { } addressWait)
            return addressWait;
        if (await counters.HitAsync(AccountScope, accountKey, s_perAccount, cancellationToken) is not { } wait)
            return null;
        await counters.RefundAsync(AddressScope, caller.Network, cancellationToken);
        return wait;
    }

    /// <summary>Counts that an address was turned away; true while that is worth writing down: its first fifty times in a quarter of an hour tell all there is to tell.</summary>
    public async ValueTask<bool> CountRefusalAsync(CancellationToken cancellationToken) =>
        await counters.HitAsync(RefusalScope, caller.Network, s_perAddress, cancellationToken) is null;

    /// <summary>The password was right: it was no failure, and those before it were the owner's.</summary>
    public async ValueTask ForgiveAsync(string accountKey, CancellationToken cancellationToken)
    {
        await counters.ResetAsync(AccountScope, accountKey, cancellationToken);
        await counters.RefundAsync(AddressScope, caller.Network, cancellationToken);
    }

    /// <summary>The password was never looked at.</summary>
    public async ValueTask RefundAsync(string accountKey, CancellationToken cancellationToken)
    {
        await counters.RefundAsync(AccountScope, accountKey, cancellationToken);
        await counters.RefundAsync(AddressScope, caller.Network, cancellationToken);
    }

    public ValueTask ResetAccountAsync(User user, CancellationToken cancellationToken) => counters.ResetAsync(AccountScope, KeyOf(user), cancellationToken);
}
