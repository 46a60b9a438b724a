namespace Maydon.Bench;

/// <summary>Events by the million, over two years, half of them past.</summary>
internal static class EventSupply
{
    public static readonly IReadOnlyList<string> Words = ["musiqa", "tarix", "dizayn", "kitob", "sport", "teatr", "kino", "robot", "shaxmat", "tabiat"];

    // Built once over all rows: a million single insertions into them take many times as long.
    private static readonly string[] s_indexes =
    [
        "events_search", "events_location", "events_running", "events_title", "events_language_starts", "events_type_starts", "events_starts", "events_ends", "events_created", "events_owner",
    ];

    /// <summary>Adds those from number <paramref name="from"/> + 1 to <paramref name="to"/>.</summary>
    public static async Task AddAsync(BenchDatabase database, int from, int to)
    {
        await database.ExecuteAsync("""
            insert into identity.users (email, email_verified, date_joined)
            select 'organiser' || n || '@example.org', true, now() from generate_series(1, 1000) n on conflict do nothing
            """);
        var definitions = new List<string>();
        foreach (var index in s_indexes)
        {
            definitions.Add(await database.ScalarAsync<string>($"select pg_get_indexdef('events.{index}'::regclass)"));
            await database.ExecuteAsync($"drop index events.{index}");
        }

        await database.ExecuteAsync("""
            insert into events.events (title, description, event_type, location, join_url, language, starts_at, ends_at, created_by, created_at, updated_at)
            select w[1 + n % 10] || ' ' || w[1 + n / 10 % 10] || ' kechasi', 'Bu yerda ' || w[1 + n / 100 % 10] || ' haqida gaplashamiz' || case when n % 50000 = 7 then ', kamyob' else '' end,
                case when n % 3 = 0 then 'ONLINE' else 'OFFLINE' end,
                case when n % 3 <> 0 then 'Toshkent, ' || n % 300 || '-uy' end, case when n % 3 = 0 then 'https://meet.example/' || n end,
                (array['uz', 'ru', 'en'])[1 + n % 3], at, at + interval '1 hour' * (1 + n % 4), 1 + n % 1000, now(), now()
            from generate_series($1 + 1, $2) n, (select $3::text[] as w) words,
                lateral (select now() + (hashint4(n) / 2147483648.0) * interval '365 days' as at) times
            """, from, to, Words.ToArray());
        await database.ExecuteAsync("insert into inventory.pools (kind, subject_id, capacity, taken) select 'event', id, 50, id % 51 from events.events where id > $1", (long)from);
        foreach (var definition in definitions)
            await database.ExecuteAsync($"set maintenance_work_mem = '1GB'; {definition}");
        await database.ExecuteAsync("vacuum analyze events.events");
        await database.ExecuteAsync("vacuum analyze inventory.pools");
        await database.ExecuteAsync("notify maydon, 'events.written:'");
    }
}
