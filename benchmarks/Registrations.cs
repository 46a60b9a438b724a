using System.Globalization;
using Maydon.Bench.Load;
using Maydon.Identity.Tokens;

namespace Maydon.Bench;

/// <summary>Distinct signed-in people register, against the bare claim statement in pgbench.</summary>
internal static class Registrations
{
    private const int Rounds = 3;
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(12);
    private const int PeopleInWarmUp = 300_000;
    private const int PeopleInRound = 180_000;

    public static Task<BenchResult> HotEventAsync() => MeasureAsync("hot-event", events: 1, least: 5, isLatencyJudged: true);

    public static Task<BenchResult> ManyEventsAsync() => MeasureAsync("many-events", events: 1000, least: 0.5, isLatencyJudged: false);

    /// <summary>Reference and work take turns, for the machine may be quicker now and slower then; the round in the middle counts.</summary>
    private static async Task<BenchResult> MeasureAsync(string name, int events, double least, bool isLatencyJudged)
    {
        await using var database = await BenchDatabase.StartAsync();
        await using var server = await BenchServer.StartAsync(database);
        await FillAsync(database, events);
        var tokens = BenchServer.Tokens();
        var people = 0;
        await RegisterAsync(PeopleInWarmUp, s_warmUp);
        var id = events == 1 ? "1" : "random(1, 1000)";
        var rounds = new List<Round>();
        for (var n = 0; n < Rounds; n++)
        {
            var reference = await PgBench.RunAsync(
                database, $"\\set id {id}\nupdate bench_pools set taken = taken + 1 where id = :id and taken < capacity;\n", s_duration);
            var before = await StoredAsync();
            var cpu = CpuTime.Now(server, database);
            var load = await RegisterAsync(PeopleInRound, s_duration);
            var stored = await StoredAsync() - before;
            // Then its connections would have stood idle for the rest of it.
            if (load.Done > 0.95 * PeopleInRound)
                throw new InvalidOperationException($"{load.Done} of {PeopleInRound} people registered in one round: this machine needs more of them.");
            // What wrk cut off at its end may be stored without having been counted.
            if (stored < load.Done || stored > load.Done + Wrk.Connections)
                throw new InvalidOperationException($"Clients were told of {load.Done} registrations, {stored} are stored.");
            rounds.Add(new Round(reference, load, CpuTime.Now(server, database).Per(cpu, stored)));
        }

        var batches = await database.ScalarAsync<long>("select count(distinct created_at) from inventory.claims where id > (select max(id) from inventory.claims) - 20000");
        rounds.Sort((left, right) => left.Ratio.CompareTo(right.Ratio));
        var middle = rounds[Rounds / 2];
        var note = string.Create(CultureInfo.InvariantCulture,
            $"ratios {string.Join(", ", rounds.Select(round => round.Ratio.ToString("0.00", CultureInfo.InvariantCulture)))}; pgbench average {middle.Reference.AverageMs:0.0} ms; longest answer {middle.Load.Max:0.0} ms; {20000.0 / batches:0.0} claims per commit; {middle.Cost}");
        List<Aim> aims = [new(string.Create(CultureInfo.InvariantCulture, $"ratio ≥ {least}"), middle.Ratio >= least)];
        if (isLatencyJudged)
            aims.Add(new("p99 ≤ pgbench's average", middle.Load.P99 <= middle.Reference.AverageMs));
        return new BenchResult(name, middle.Load.Rate, middle.Reference.Rate, middle.Load.P50, middle.Load.P99, rounds.Sum(round => round.Load.Errors), note, aims);

        Task<long> StoredAsync() => database.ScalarAsync<long>("select sum(taken) from inventory.pools");

        async Task<LoadResult> RegisterAsync(int count, TimeSpan duration)
        {
            var directory = Directory.CreateTempSubdirectory("maydon-bench-requests-").FullName;
            WriteRequests(tokens, directory, people, count, events);
            people += count;
            var load = await Wrk.RunAsync("register.lua", server.Url, duration, Path.Combine(directory, "requests"));
            Directory.Delete(directory, recursive: true);
            return load;
        }
    }

    private static async Task FillAsync(BenchDatabase database, int events)
    {
        await database.ExecuteAsync("""
            insert into identity.users (email, email_verified, date_joined) select 'p' || n || '@example.org', true, now() from generate_series(1, $1) n
            """, PeopleInWarmUp + (Rounds * PeopleInRound));
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

    private static void WriteRequests(AccessTokens tokens, string directory, int from, int count, int events)
    {
        Parallel.For(0, Wrk.Threads, thread =>
        {
            using var file = new StreamWriter(Path.Combine(directory, $"requests.{thread}"));
            for (var n = thread; n < count; n += Wrk.Threads)
            {
                var user = from + n + 1;
                // A stride that shares no factor with 1000 spreads neighbours over the events.
                file.WriteLine($"{(n * 7919L % events) + 1} {tokens.Issue(new TokenSubject(user, [], "uz"), $"s{user}")}");
            }
        });
    }

    private sealed record Round(ReferenceResult Reference, LoadResult Load, string Cost)
    {
        public double Ratio => Load.Rate / Reference.Rate;
    }
}
