using System.Diagnostics;
using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Inventory.Claims.Writing;

/// <param name="Busy">Those that were not decided, because they needed a pool, or a row of their module, that somebody else has locked.</param>
/// <param name="Told">Ends once all who must hear of the batch before its callers have heard.</param>
internal sealed record DecidedBatch(IReadOnlyList<WaitingClaim> Busy, Task Told);

/// <summary>
/// The writer's own connection and the transaction of one batch on it: one trip to begin, lock and read, one to write and commit.
/// All statements are prepared: to parse and plan them for every batch would cost the database half as much again.
/// </summary>
internal sealed class ClaimSession(string lane, NpgsqlDataSource database, ClaimMeters meters, TimeProvider clock, TimeSpan lockPatience) : IAsyncDisposable
{
    // Plans are made while the tables are small and kept: a scan that was right for ten pools would be a disaster for a million.
    private readonly string _settings = $"""
        set application_name = 'maydon {lane}';
        set lock_timeout = {lockPatience.TotalMilliseconds};
        set enable_seqscan = off;
        set enable_hashjoin = off;
        set enable_mergejoin = off
        """;

    // Over all sessions of this process: ids that one of them fetched are recognised as not its own by the next.
    private static int s_lastNumber;

    private static readonly TimeSpan s_planLifetime = TimeSpan.FromSeconds(5);

    private readonly IdStash _claimIds = new("inventory.claims_id_seq");
    private NpgsqlConnection? _connection;
    private int _number;
    private long _planned;

    /// <summary>
    /// Decides the members in one transaction. An exception says that none of it is stored, except when <see cref="InDoubt"/>.
    /// </summary>
    /// <param name="skipLocked">Leave out pools that somebody else has locked; returns the members that needed one of them, undecided.</param>
    public async Task<DecidedBatch> RunAsync(List<WaitingClaim> members, bool skipLocked)
    {
        InDoubt = false;
        var done = false;
        try
        {
            var connection = await OpenAsync();
            var started = Stopwatch.GetTimestamp();
            var rounds = BeginRounds(members);
            var desk = new ClaimDesk(clock.Now(), _claimIds, skipLocked);
            await ReadAsync(connection, members, rounds, desk, skipLocked);
            meters.Locked(started);

            List<WaitingClaim> busy = skipLocked ? members.FindAll(member => member.IsLeftOut || member.Pools.Any(key => desk.Level(key) is null)) : [];
            foreach (var member in busy.Count == 0 ? members : members.Except(busy))
                member.Decide(desk);

            started = Stopwatch.GetTimestamp();
            await WriteAsync(connection, rounds, desk);
            meters.Committed(started);
            done = true;
            // It is stored: whatever fails from here on must not lead to a second try.
            InDoubt = true;
            var told = Task.WhenAll(rounds.Select(round => round.CommittedAsync()).ToArray());
            InDoubt = false;
            return new DecidedBatch(busy, told);
        }
        catch (Exception e) when (HasStaleStatements(e))
        {
            await RollBackAsync();
            _connection?.UnprepareAll();
            throw;
        }
        finally
        {
            if (!done)
                await RollBackAsync();
        }
    }

    /// <summary>The batch may be stored, or is: the commit was sent and its answer never came, or something failed after it.</summary>
    public bool InDoubt { get; private set; }

    private static List<ClaimRound> BeginRounds(List<WaitingClaim> members)
    {
        var byHandler = new Dictionary<IClaimHandler, List<WaitingClaim>>();
        foreach (var member in members)
        {
            if (!byHandler.TryGetValue(member.Handler, out var group))
                byHandler.Add(member.Handler, group = []);
            group.Add(member);
        }

        var rounds = new List<ClaimRound>(byHandler.Count);
        foreach (var (handler, group) in byHandler)
            rounds.Add(handler.BeginRound(group));
        return rounds;
    }

    private async Task ReadAsync(NpgsqlConnection connection, List<WaitingClaim> members, List<ClaimRound> rounds, ClaimDesk desk, bool skipLocked)
    {
        var keys = new HashSet<PoolKey>();
        foreach (var member in members)
            keys.UnionWith(member.Pools);

        await using var batch = new NpgsqlBatch(connection);
        var reads = new ClaimReads(batch, _number, desk.Now, skipLocked);
        if (Stopwatch.GetElapsedTime(_planned) > s_planLifetime)
        {
            // For the same reason: until the tables are analysed, only their growing size tells the planner anything.
            batch.BatchCommands.Add(new NpgsqlBatchCommand("discard plans"));
            _planned = Stopwatch.GetTimestamp();
        }

        batch.BatchCommands.Add(ClaimStatements.Begin());
        if (keys.Count > 0)
        {
            reads.Add(ClaimStatements.LockPools(keys, skipLocked), row => desk.AddPool(ClaimStatements.ReadPool(row)));
            _claimIds.AddRead(reads, members.Count);
        }

        foreach (var round in rounds)
        {
            if (round.ClaimsToLoad() is { } ids)
                reads.Add(ClaimStatements.LoadClaims(ids), row => ClaimStatements.ReadClaim(row, desk));
            round.AddReads(reads);
        }

        await reads.ExecuteAsync(CancellationToken.None);
    }

    private async Task WriteAsync(NpgsqlConnection connection, List<ClaimRound> rounds, ClaimDesk desk)
    {
        await using var batch = new NpgsqlBatch(connection);
        ClaimStatements.AddWrites(batch.BatchCommands, desk);
        foreach (var round in rounds)
            round.AddWrites(batch.BatchCommands);
        batch.BatchCommands.Add(ClaimStatements.Commit());
        await batch.PrepareAsync(CancellationToken.None);
        try
        {
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception e) when (IsLost(e))
        {
            // Any other failure came before the commit: the server refused a statement, or one could not even be sent.
            InDoubt = true;
            throw;
        }
    }

    /// <summary>The connection is gone, cannot be had, or no longer answers in time.</summary>
    public static bool IsLost(Exception exception) => exception switch
    {
        // Class 08 connection, 53 resources, 57P shutdown and crash, 58 the system below.
        PostgresException e => e.SqlState.StartsWith("08", StringComparison.Ordinal) || e.SqlState.StartsWith("53", StringComparison.Ordinal)
            || e.SqlState.StartsWith("57P", StringComparison.Ordinal) || e.SqlState.StartsWith("58", StringComparison.Ordinal),
        NpgsqlException or IOException or TimeoutException or ObjectDisposedException => true,
        _ => false,
    };

    /// <summary>A migration has changed what the prepared statements return, or somebody has taken them away: the next try prepares them anew.</summary>
    public static bool HasStaleStatements(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.InvalidSqlStatementName };

    private async Task<NpgsqlConnection> OpenAsync()
    {
        if (_connection is { State: System.Data.ConnectionState.Open } open)
            return open;
        await CloseAsync();
        var connection = await database.OpenConnectionAsync(CancellationToken.None);
        try
        {
            await using var settings = new NpgsqlCommand(_settings, connection);
            await settings.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch
        {
            // Without its settings it would wait for locks for ever.
            await connection.DisposeAsync();
            throw;
        }

        _connection = connection;
        _number = Interlocked.Increment(ref s_lastNumber);
        _planned = Stopwatch.GetTimestamp();
        return connection;
    }

    private async Task RollBackAsync()
    {
        try
        {
            if (_connection is { State: System.Data.ConnectionState.Open } connection)
            {
                await using var rollback = new NpgsqlCommand("rollback", connection);
                await rollback.ExecuteNonQueryAsync(CancellationToken.None);
                return;
            }
        }
        catch (Exception e) when (IsLost(e))
        {
            // A connection that cannot roll back is as good as gone, and the server rolls back what it left.
        }

        await CloseAsync();
    }

    private async Task CloseAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        _connection = null;
    }

    public async ValueTask DisposeAsync() => await CloseAsync();
}
