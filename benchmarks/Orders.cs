using System.Globalization;
using Maydon.Bench.Load;
using Maydon.Kernel.Http.Guests;
using Maydon.Kernel.Settings;

namespace Maydon.Bench;

/// <summary>Distinct guests put one piece of the same variant into their carts and order it, against the bare transaction in pgbench.</summary>
internal static class Orders
{
    private const int Rounds = 3;
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(12);
    private const int GuestsInWarmUp = 80_000;
    private const int GuestsInRound = 60_000;

    // As in order.lua, for each of its threads.
    private const int Behind = 300;

    private const string Reference = """
        begin;
        insert into bench_orders (number, full_name, email, phone, address, total, status, created_at)
            values (md5(random()::text), 'Guest', 'guest@example.org', '+998901234567', 'Tashkent', 100, 'pending', now());
        insert into bench_lines (order_id, variant_id, sku, product_name, price, quantity) values (currval('bench_orders_id_seq'), 1, 'SKU-1', 'Product', 100, 1);
        update bench_stock set taken = taken + 1 where id = 1 and taken < capacity;
        commit;

        """;

    public static async Task<BenchResult> HotSkuAsync()
    {
        await using var database = await BenchDatabase.StartAsync();
        await using var server = await BenchServer.StartAsync(database);
        await FillAsync(database);
        var cookies = new GuestCookie(BenchServer.Settings());
        await OrderAsync(GuestsInWarmUp, s_warmUp);
        // As PostgreSQL does by itself once a minute: its first plans are made for a shop without an order.
        await database.ExecuteAsync("vacuum analyze");
        await database.ExecuteAsync("checkpoint");
        var rounds = new List<Round>();
        for (var n = 0; n < Rounds; n++)
        {
            var reference = await PgBench.RunAsync(database, Reference, s_duration);
            var before = await StoredAsync();
            var cpu = CpuTime.Now(server, database);
            var load = await OrderAsync(GuestsInRound, s_duration);
            var stored = await StoredAsync() - before;
            // Additions run ahead of orders by so many; what wrk cut off at its end may be stored without having been counted.
            var told = (load.Done - (Behind * Wrk.Threads)) / 2;
            if (Math.Abs(stored - told) > 2 * Wrk.Connections)
                throw new InvalidOperationException($"Clients were told of about {told} orders, {stored} are stored.");
            if (stored > 0.95 * GuestsInRound)
                throw new InvalidOperationException($"{stored} of {GuestsInRound} guests ordered in one round: this machine needs more of them.");
            rounds.Add(new Round(reference, load with { Done = Math.Min(told, stored) }, CpuTime.Now(server, database).Per(cpu, stored)));
        }

        rounds.Sort((left, right) => left.Ratio.CompareTo(right.Ratio));
        var middle = rounds[Rounds / 2];
        var note = string.Create(CultureInfo.InvariantCulture,
            $"one addition and one order each; ratios {string.Join(", ", rounds.Select(round => round.Ratio.ToString("0.00", CultureInfo.InvariantCulture)))}; pgbench average {middle.Reference.AverageMs:0.0} ms; longest answer {middle.Load.Max:0.0} ms; {middle.Cost}");
        return new BenchResult(
            "hot-sku", middle.Load.Rate, middle.Reference.Rate, middle.Load.P50, middle.Load.P99, rounds.Sum(round => round.Load.Errors), note, new Aim("ratio ≥ 3", middle.Ratio >= 3));

        Task<long> StoredAsync() => database.ScalarAsync<long>("select count(*) from shop.orders");

        async Task<LoadResult> OrderAsync(int guests, TimeSpan duration)
        {
            var directory = Directory.CreateTempSubdirectory("maydon-bench-requests-").FullName;
            for (var thread = 0; thread < Wrk.Threads; thread++)
                await File.WriteAllLinesAsync(Path.Combine(directory, $"requests.{thread}"), Enumerable.Range(0, guests / Wrk.Threads).Select(_ => cookies.Make().Value));
            var load = await Wrk.RunAsync("order.lua", server.Url, duration, Path.Combine(directory, "requests"));
            Directory.Delete(directory, recursive: true);
            return load;
        }
    }

    private static async Task FillAsync(BenchDatabase database)
    {
        await database.ExecuteAsync("insert into shop.categories (name, slug, created_at) values ('Phones', 'phones', now())");
        await database.ExecuteAsync("insert into shop.products (name, slug, category_id, created_at, updated_at) values ('Phone', 'phone', 1, now(), now())");
        await database.ExecuteAsync("insert into shop.variants (product_id, sku, price, currency, created_at, updated_at) values (1, 'SKU-1', 100, 'UZS', now(), now())");
        await database.ExecuteAsync("insert into inventory.pools (kind, subject_id, capacity) select 'variant', id, 10000000 from shop.variants");
        await database.ExecuteAsync("""
            create table bench_orders (id bigint generated always as identity primary key, number text not null unique, full_name text not null, email text not null, phone text not null,
                address text not null, total numeric(18, 2) not null, status text not null, created_at timestamptz not null)
            """);
        await database.ExecuteAsync("""
            create table bench_lines (order_id bigint not null references bench_orders, variant_id bigint not null, sku text not null, product_name text not null,
                price numeric(12, 2) not null, quantity int not null, primary key (order_id, variant_id))
            """);
        await database.ExecuteAsync("create table bench_stock (id int primary key, capacity int not null, taken int not null check (taken <= capacity)) with (fillfactor = 50)");
        await database.ExecuteAsync("insert into bench_stock values (1, 1000000000, 0)");
        // Only what is filled: of tables that were vacuumed while they were empty the planner believes that they stay so.
        await database.ExecuteAsync("vacuum analyze bench_orders, bench_lines, bench_stock, inventory.pools, shop.categories, shop.products, shop.variants");
        // Not due again before both have been measured.
        await database.ExecuteAsync("checkpoint");
    }

    private sealed record Round(ReferenceResult Reference, LoadResult Load, string Cost)
    {
        public double Ratio => Load.Rate / Reference.Rate;
    }
}
