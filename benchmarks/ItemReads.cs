namespace Maydon.Bench;

/// <summary>The catalogue's list of items, as strangers read it, with a thousand and with a million of them.</summary>
internal static class ItemReads
{
    private const int Many = 1_000_000;
    private const int Step = 100_000;

    private static readonly string[] s_words = ["choynak", "piyola", "kosa", "lagan", "qozon", "tovoq", "qoshiq", "pichoq", "chelak", "stakan"];

    public static Task<BenchResult> MeasureAsync() => new ReadBench
    {
        Name = "items-read",
        Things = "items",
        Many = Many,
        Page = "/api/v1/nomenklatura/",
        AddAsync = AddAsync,
        Written = "catalog.written",
        Mix =
        [
            .. Enumerable.Range(1, 20).Select(page => $"/api/v1/nomenklatura/?page={page}"),
            .. Enumerable.Range(1, 10).Select(n => $"/api/v1/nomenklatura/?project=P-{n}"),
            .. s_words.Select(word => $"/api/v1/nomenklatura/?search={word}"),
            .. Enumerable.Range(1, 200).Select(n => $"/api/v1/nomenklatura/T-{n}/"),
        ],
        First =
        [
            ("list", "/api/v1/nomenklatura/"),
            ("middle page", $"/api/v1/nomenklatura/?page={Many / 20 / 2}"),
            ("last page", $"/api/v1/nomenklatura/?page={Many / 20}"),
            ("by name", "/api/v1/nomenklatura/?ordering=name"),
            ("a project", "/api/v1/nomenklatura/?project=P-7"),
            ("rare word", "/api/v1/nomenklatura/?search=kamyob"),
            ("common word", "/api/v1/nomenklatura/?search=choynak"),
            ("part of a code", "/api/v1/nomenklatura/?search=T-50000"),
            ("updated since", "/api/v1/nomenklatura/?updated_from=2000-01-01T00:00:00Z&ordering=updated_at"),
            ("item", "/api/v1/nomenklatura/T-500/"),
        ],
    }.MeasureAsync();

    /// <summary>Adds those from number <paramref name="from"/> + 1 to <paramref name="to"/>, with their changes, as triggers write them.</summary>
    private static async Task AddAsync(BenchDatabase database, int from, int to)
    {
        await database.ExecuteAsync("""
            insert into catalog.projects (code, name, created_at, updated_at) select 'P-' || n, 'Loyiha ' || n, now(), now() from generate_series(1, 100) n on conflict do nothing
            """);
        // Built once over all rows: a million single insertions into it take many times as long.
        var search = await database.ScalarAsync<string>("select pg_get_indexdef('catalog.items_search'::regclass)");
        await database.ExecuteAsync("drop index catalog.items_search");
        for (var done = from; done < to; done += Step)
        {
            await database.ExecuteAsync("""
                insert into catalog.items (code, name, title, project_id, created_at, updated_at)
                select 'T-' || n, w[1 + n % 10] || ' ' || w[1 + n / 10 % 10] || ' ' || n || case when n % 50000 = 7 then ' kamyob' else '' end,
                    case when n % 3 = 0 then w[1 + n / 100 % 10] || ', ' || n % 97 || ' sm' end, (select id from catalog.projects where code = 'P-' || 1 + n % 100),
                    now() - n * interval '1 second', now() - n * interval '1 second'
                from generate_series($1 + 1, $2) n, (select $3::text[] as w) words
                """, done, Math.Min(done + Step, to), s_words);
        }

        await database.ExecuteAsync($"set maintenance_work_mem = '1GB'; {search}");
        await database.ExecuteAsync("vacuum analyze");
        await database.ExecuteAsync("notify maydon, 'catalog.written:'");
    }
}
