using Npgsql;

namespace Maydon.Inventory.Claims;

/// <summary>
/// Ids of one sequence, fetched with a batch's reads before it is known how many will be needed. What is left serves the next batch,
/// so refusals burn none. Belongs to the writer alone.
/// </summary>
/// <param name="sequence">Its qualified name.</param>
/// <param name="block">
/// How many are fetched at least. Enough for some batches, so that most do without the statement; but what is left is lost with the process, so ids
/// that people count are fetched one by one: a statement more in the round trip of each batch.
/// </param>
public sealed class IdStash(string sequence, int block = 256)
{
    private readonly Queue<long> _ids = new();
    private int _session;

    /// <summary>Sees to it that <paramref name="wanted"/> ids are at hand once <paramref name="reads"/> are done.</summary>
    public void AddRead(ClaimReads reads, int wanted)
    {
        // A PostgreSQL that crashed may have forgotten that it gave these out, and give them to somebody else.
        if (_session != reads.Session)
            _ids.Clear();
        _session = reads.Session;
        if (wanted <= _ids.Count)
            return;
        reads.Add(
            new NpgsqlBatchCommand($"select nextval('{sequence}') from generate_series(1, $1)")
            {
                Parameters = { new NpgsqlParameter<int> { TypedValue = Math.Max(wanted - _ids.Count, block) } },
            },
            row => _ids.Enqueue(row.GetInt64(0)));
    }

    public long Next() => _ids.Dequeue();
}
