using Maydon.Events.Caching;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Events.Statistics;

/// <summary>
/// The events with the most seats taken, the most first. No index knows the order, for each registration would have to write to it: all
/// are looked through, but not more often than every few seconds, and nobody waits for it who can be shown how it was just before.
/// </summary>
internal sealed class TopEvents(NpgsqlDataSource database, EventStamps stamps, TimeProvider clock) : IDisposable
{
    public const int Most = 50;

    private static readonly TimeSpan s_counted = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_shown = TimeSpan.FromSeconds(1);

    private readonly StampedCache<List<EventStats>> _top = new(1 << 20, stamps, clock);

    public async Task<Fresh<List<EventStats>>?> GetAsync(int size, CancellationToken cancellationToken)
    {
        var top = await _top.GetAsync("", async (_, token) =>
        {
            await using var connection = await database.OpenConnectionAsync(token);
            var events = await ReadAsync(connection, Most, token);
            var read = clock.Now();
            return new Fresh<List<EventStats>>(events, 0, read + (2 * s_counted)) { RenewAt = read + s_counted };
        }, cancellationToken);
        var shown = clock.Now();
        return new Fresh<List<EventStats>>([.. top!.Take(size)], 0, shown + (2 * s_shown)) { RenewAt = shown + s_shown };
    }

    /// <summary>As it is at this moment.</summary>
    public static async Task<List<EventStats>> ReadAsync(NpgsqlConnection connection, int size, CancellationToken cancellationToken)
    {
        // Joining before sorting would join a million; so more are sorted out than asked for, in case deleted events are among them.
        for (var candidates = size + 100; ; candidates *= 10)
        {
            await using var command = new NpgsqlCommand("""
                with top as materialized (
                    select subject_id, taken from inventory.pools where kind = 'event' order by taken desc, subject_id limit $1
                )
                select top.subject_id, e.id is not null
                from top left join events.events e on e.id = top.subject_id and e.deleted_at is null
                order by top.taken desc, top.subject_id
                """, connection);
            command.Parameters.Add(new() { Value = candidates });
            var found = new List<(long Id, bool Visible)>();
            await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                    found.Add((reader.GetInt64(0), reader.GetBoolean(1)));
            }

            var visible = found.Where(candidate => candidate.Visible).Take(size).Select(candidate => candidate.Id).ToList();
            if (visible.Count == size || found.Count < candidates)
                return await EventStats.ReadAsync(connection, visible, cancellationToken);
        }
    }

    public void Dispose() => _top.Dispose();
}
