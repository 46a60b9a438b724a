using Npgsql;

namespace Maydon.Inventory.Claims;

/// <summary>Statements of one round trip, each with what becomes of its result.</summary>
public sealed class ClaimReads
{
    private readonly NpgsqlBatch _batch;
    private readonly List<Func<NpgsqlDataReader, CancellationToken, Task>> _results = [];

    internal ClaimReads(NpgsqlBatch batch, int session, DateTimeOffset now, bool skipsLocked) =>
        (_batch, Session, Now, SkipsLocked) = (batch, session, now, skipsLocked);

    /// <summary>The time of the batch.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>
    /// Somebody has kept this batch waiting for a lock already: rows that are locked are to be passed over, and nothing that must wait for one is to be written.
    /// </summary>
    public bool SkipsLocked { get; }

    /// <summary>Another number after every reconnect.</summary>
    internal int Session { get; }

    /// <param name="query">Must return a result set, possibly empty.</param>
    /// <param name="row">Called once per row.</param>
    public void Add(NpgsqlBatchCommand query, Action<NpgsqlDataReader> row) => Add([query], async (reader, cancellationToken) =>
    {
        while (await reader.ReadAsync(cancellationToken))
            row(reader);
    });

    /// <param name="queries">Each must return a result set, possibly empty.</param>
    /// <param name="read">Called before the first row of the first result; must end with the last result.</param>
    public void Add(IEnumerable<NpgsqlBatchCommand> queries, Func<NpgsqlDataReader, CancellationToken, Task> read)
    {
        foreach (var query in queries)
            _batch.BatchCommands.Add(query);
        _results.Add(read);
    }

    internal async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        await _batch.PrepareAsync(cancellationToken);
        await using var reader = await _batch.ExecuteReaderAsync(cancellationToken);
        foreach (var read in _results)
        {
            await read(reader, cancellationToken);
            await reader.NextResultAsync(cancellationToken);
        }
    }
}
