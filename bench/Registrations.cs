using Maydon.Bench.Load;
using Maydon.Identity.Tokens;

namespace Maydon.Bench;

/// <summary>Distinct signed-in people register, against the bare claim statement in pgbench.</summary>
internal static class Registrations
{
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(12);
    private const int PeopleInWarmUp = 240_000;
    private const int People = 260_000;

    public static Task<BenchResult> HotEventAsync() => MeasureAsync("hot-event", events: 1);

    public static Task<BenchResult> ManyEventsAsync() => MeasureAsync("many-events", events: 1000);

    private static async Task<BenchResult> MeasureAsync(string name, int events)
    {
        await using var database = await BenchDatabase.StartAsync();
        await using var server = await BenchServer.StartAsync(database);
        await FillAsync(database, events);
        var requests = Path.Combine(Path.GetTempPath(), $"maydon-bench-{name}");
        var tokens = BenchServer.Tokens();
        WriteRequests(tokens, requests + "-warm-up", 0, PeopleInWarmUp, events);
        WriteRequests(tokens, requests, PeopleInWarmUp, People, events);

        var id = events == 1 ? "1" : "random(1, 1000)";
        var reference = await PgBench.RunAsync(
            database, $"\\set id {id}\nupdate bench_pools set taken = taken + 1 where id = :id and taken < capacity;\n", s_duration);
        await Wrk.RunAsync("register.lua", server.Url, s_warmUp, requests + "-warm-up");
        var before = await database.ScalarAsync<long>("select sum(taken) from inventory.pools");
        var cpu = CpuTime.Now(server, database);
        var load = await Wrk.RunAsync("register.lua", server.Url, s_duration, requests);
        var stored = await database.ScalarAsync<long>("select sum(taken) from inventory.pools") - before;
        var cost = CpuTime.Now(server, database).Per(cpu, stored);
        // What wrk cut off at its end may be stored without having been counted.
        if (stored < load.Done || stored > load.Done + Wrk.Connections)
            throw new InvalidOperationException($"Clients were told of {load.Done} registrations, {stored} are stored.");
        var batches = await database.ScalarAsync<long>("select count(distinct created_at) from inventory.claims where id > (select max(id) from inventory.claims) - 20000");
        for (var thread = 0; thread < Wrk.Threads; thread++)
        {
            File.Delete($"{requests}.{thread}");
            File.Delete($"{requests}-warm-up.{thread}");
        }

        return new BenchResult(name, load.Rate, reference.Rate, load.P50, load.P99, load.Errors, $"pgbench average {reference.AverageMs:0.0} ms, max {load.Max:0.0} ms, {20000.0 / batches:0.0} claims per commit, {cost}");
    }

    private static async Task FillAsync(BenchDatabase database, int events)
    {
        await database.ExecuteAsync("""
            insert into identity.users (email, email_verified, date_joined) select 'p' || n || '@example.org', true, now() from generate_series(1, $1) n
            """, PeopleInWarmUp + People);
        await database.ExecuteAsync("""
            insert into events.events (title, description, event_type, location, language, starts_at, ends_at, created_by, created_at, updated_at)
            select 'Event ' || n, '', 'OFFLINE', 'Tashkent', 'uz', now() + interval '30 days', now() + interval '31 days', 1, now(), now() from generate_series(1, $1) n
            """, events);
        await database.ExecuteAsync("insert into inventory.pools (kind, subject_id, capacity) select 'event', id, 10000000 from events.events");
        await database.ExecuteAsync("create table bench_pools (id int primary key, capacity int not null, taken int not null check (taken <= capacity)) with (fillfactor = 50)");
        await database.ExecuteAsync("insert into bench_pools select n, 1000000000, 0 from generate_series(1, 1000) n");
        await database.ExecuteAsync("vacuum analyze");
        // Not due again before both have been measured.
        await database.ExecuteAsync("checkpoint");
    }

    private static void WriteRequests(AccessTokens tokens, string path, int from, int count, int events)
    {
        Parallel.For(0, Wrk.Threads, thread =>
        {
            using var file = new StreamWriter($"{path}.{thread}");
            for (var n = thread; n < count; n += Wrk.Threads)
            {
                var user = from + n + 1;
                // A stride that shares no factor with 1000 spreads neighbours over the events.
                file.WriteLine($"{(n * 7919L % events) + 1} {tokens.Issue(new TokenSubject(user, [], "uz"), $"s{user}")}");
            }
        });
    }
}
