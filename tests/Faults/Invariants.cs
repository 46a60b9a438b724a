using System.Data;
using Npgsql;

namespace Maydon.Faults;

/// <summary>
/// What must hold at every moment, in SQL of its own: it shares nothing with the server's <c>verify</c>. Each query returns a line
/// per violation; all of them see one snapshot.
/// </summary>
internal static class Invariants
{
    private static readonly string[] s_queries =
    [
        // Nothing oversold, counted three ways.
        "select format('pool %s is oversold: %s of %s', id, taken, capacity) from inventory.pools where taken > capacity or taken < 0",
        """
        select format('pool %s has %s taken, its ledger says %s', p.id, p.taken, coalesce(l.sum, 0))
        from inventory.pools p left join (select pool_id, sum(change) from inventory.ledger group by pool_id) l on l.pool_id = p.id
        where p.taken <> coalesce(l.sum, 0)
        """,
        """
        select format('pool %s has %s taken, event %s has %s registrations', p.id, p.taken, p.subject_id, coalesce(r.count, 0))
        from inventory.pools p
        left join (select event_id, count(*) from events.registrations where status in ('registered', 'attended') group by event_id) r on r.event_id = p.subject_id
        where p.kind = 'event' and p.taken <> coalesce(r.count, 0)
        """,
        // Once per person and event.
        "select format('user %s has %s rows at event %s', user_id, count(*), event_id) from events.registrations group by event_id, user_id having count(*) > 1",
        // A registration and its claim say the same.
        """
        select format('registration %s is %s, its claim %s is %s', r.id, r.status, r.claim_id, coalesce(c.state, 'missing'))
        from events.registrations r left join inventory.claims c on c.id = r.claim_id
        where (r.status in ('registered', 'attended')) is distinct from coalesce(c.state = 'confirmed', false)
        """,
        """
        select format('claim %s is %s and belongs to %s registrations', c.id, c.state, count(r.id))
        from inventory.claims c left join events.registrations r on r.claim_id = c.id
        group by c.id having count(r.id) > 1 or (c.state <> 'released' and count(r.id) <> 1)
        """,
        // A claim and its ledger say the same.
        """
        select format('claim %s is %s, its ledger has %s taken and %s given back', c.id, c.state, coalesce(l.taken, 0), coalesce(l.given, 0))
        from inventory.claims c
        left join (select claim_id, sum(change) filter (where entry = 'take') as taken, -sum(change) filter (where entry = 'release') as given from inventory.ledger group by claim_id) l on l.claim_id = c.id
        where coalesce(l.taken, 0) <> 1 or coalesce(l.given, 0) <> case c.state when 'released' then 1 else 0 end
        """,
        "select format('the ledger has claim %s, which does not exist', claim_id) from inventory.ledger l where not exists (select from inventory.claims c where c.id = l.claim_id)",
        // Every seat taken is confirmed by one mail, every seat given back by another.
        "select format('the outbox has %s %s %s times', kind, subject, count(*)) from kernel.outbox group by kind, subject having count(*) > 1",
        """
        select format('claim %s has %s confirmations', c.id, count(o.id)) from inventory.claims c
        left join kernel.outbox o on o.kind = 'events.confirmation' and o.subject like 'registration:%' and split_part(o.subject, ':', 3)::bigint = c.id
        group by c.id having count(o.id) <> 1
        """,
        """
        select format('claim %s is %s and has %s cancellation mails', c.id, c.state, count(o.id)) from inventory.claims c
        left join kernel.outbox o on o.kind = 'events.cancellation' and o.subject like 'registration:%' and split_part(o.subject, ':', 3)::bigint = c.id
        group by c.id having count(o.id) <> case c.state when 'released' then 1 else 0 end
        """,
    ];

    public static async Task CheckAsync(NpgsqlDataSource database, Findings findings, string when)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        foreach (var query in s_queries)
        {
            await using var command = new NpgsqlCommand(query, connection) { CommandTimeout = 300 };
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                findings.Violation($"{when}: {reader.GetString(0)}");
        }

        findings.Count("snapshots checked");
    }

    /// <summary>Holds what is stored against what the clients know; nobody may be acting meanwhile.</summary>
    public static async Task CompareAsync(NpgsqlDataSource database, IEnumerable<Seat> seats, Findings findings, string when)
    {
        var stored = await ReadStoredAsync(database);
        foreach (var seat in seats)
        {
            var row = stored.Remove((seat.UserId, seat.EventId), out var found) ? found : new Stored(SeatState.None, 0, 0);
            if (row != new Stored(seat.State, seat.Takes, seat.Releases))
                findings.Violation($"{when}: {seat} should be {seat.State} with {seat.Takes} seats taken and {seat.Releases} given back, stored is {row}");
        }

        foreach (var (unknown, row) in stored)
            findings.Violation($"{when}: user {unknown.User} at event {unknown.Event} is stored as {row}, and nobody asked for it");
        findings.Count("comparisons with the clients");
    }

    private static async Task<Dictionary<(long User, long Event), Stored>> ReadStoredAsync(NpgsqlDataSource database)
    {
        // Which claims were for which registration is kept in the subjects of the mails, which the invariants tie to the ledger.
        await using var command = database.CreateCommand("""
            select r.user_id, r.event_id, r.status, coalesce(o.takes, 0), coalesce(o.releases, 0)
            from events.registrations r
            left join (
                select split_part(subject, ':', 2)::bigint as id,
                    count(*) filter (where kind = 'events.confirmation') as takes,
                    count(*) filter (where kind = 'events.cancellation') as releases
                from kernel.outbox where subject like 'registration:%' group by 1) o on o.id = r.id
            """);
        command.CommandTimeout = 300;
        await using var reader = await command.ExecuteReaderAsync();
        var stored = new Dictionary<(long, long), Stored>();
        while (await reader.ReadAsync())
            stored[(reader.GetInt64(0), reader.GetInt64(1))] = new Stored(Enum.Parse<SeatState>(reader.GetString(2), ignoreCase: true), (int)reader.GetInt64(3), (int)reader.GetInt64(4));
        return stored;
    }

    private sealed record Stored(SeatState State, int Takes, int Releases)
    {
        public override string ToString() => $"{State} with {Takes} seats taken and {Releases} given back";
    }
}
