using Maydon.Inventory.Claims.Writing;
using Npgsql;

namespace Maydon.Inventory.Claims;

/// <summary>
/// Decides claims without the queue and its writer: for a command that no server surrounds. The pools' locks keep it apart from the
/// writers of running nodes.
/// </summary>
public sealed class ImmediateClaims
{
    // Nobody waits behind a command.
    private static readonly TimeSpan s_lockPatience = TimeSpan.FromSeconds(30);

    private readonly NpgsqlDataSource _database;
    private readonly ClaimMeters _meters;

    internal ImmediateClaims(NpgsqlDataSource database, ClaimMeters meters) => (_database, _meters) = (database, meters);

    /// <summary>All in one transaction, in this order, at the time that <paramref name="clock"/> says.</summary>
    public async Task<IReadOnlyList<TResult>> DecideAsync<TRequest, TResult>(
        ClaimHandler<TRequest, TResult> handler, IReadOnlyList<TRequest> requests, TimeProvider clock) where TRequest : notnull
    {
        await using var session = new ClaimSession(ClaimWriter.OfClaims, _database, _meters, clock, s_lockPatience);
        var waiting = requests.Select(request => new WaitingClaim<TRequest, TResult>(handler, request, CancellationToken.None)).ToList();
        var batch = await session.RunAsync([.. waiting], skipLocked: false);
        await batch.Told;
        return waiting.ConvertAll(claim => claim.Result!);
    }
}
