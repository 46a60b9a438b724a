using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Maydon.Tests.Support;
using Npgsql;

namespace Maydon.Tests.Catalog.Imports;

/// <summary>The server is killed while it imports, again and again: what was done stays done, once, and the rest follows.</summary>
public sealed class KilledImportTest(TestPostgres postgres) : IAsyncLifetime
{
    private const int Rows = 60_000;
    private readonly TestServer _office = new(postgres);
    private readonly string _directory = Directory.CreateTempSubdirectory("maydon-import-").FullName;

    public ValueTask InitializeAsync() => new(_office.StartAsync());

    [Fact]
    public async Task It_goes_on_where_it_was_and_repeats_nothing()
    {
        var database = new NpgsqlConnectionStringBuilder(_office.Database.ConnectionString);
        await using var server = new ServerProcess("import", _directory, new Dictionary<string, string>
        {
            ["SECRET_KEY"] = TestServer.Settings(_directory).SecretKey,
            ["DEBUG"] = "True",
            ["DATABASE_URL"] = $"postgresql://{database.Username}@/{database.Database}?host={Uri.EscapeDataString(database.Host!)}&port={database.Port}",
            ["DATA_DIR"] = Path.Combine(_directory, "data"),
            ["THROTTLE_USER"] = "off",
        });
        await server.StartAsync();
        using var keeper = new HttpClient { BaseAddress = server.Address };
        keeper.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _office.MintAccessToken(await _office.CreateUserAsync("staff", "superuser")));
        await _office.ExecuteAsync("insert into catalog.items (code, name, created_at, updated_at) select 'K-' || n * 10, 'Before', now(), now() from generate_series(1, 1000) n");
        var file = new StringBuilder("code_1c;name;title;is_active\n");
        for (var n = 1; n <= Rows; n++)
            file.Append(n % 100 == 7 ? $"K-{n};;;\n" : $"K-{n};Нарса {n};{n % 13};{(n % 1000 == 0 ? "false" : "true")}\n");

        var id = (string)JsonNode.Parse(await (await keeper.PostAsync("/api/v1/nomenklatura/import/", ImportScene.Csv(file.ToString()))).Content.ReadAsStringAsync())!["task_id"]!;
        // At once: while it is counted, nothing of it is written.
        await server.KillAsync();
        await server.StartAsync();
        var seen = new List<int>();
        // On a quick machine it may end before it was killed three times.
        while (seen.Count < 3 && seen.LastOrDefault() < Rows)
        {
            var last = seen.LastOrDefault();
            var now = last;
            for (var tries = 0; now == last && tries < 3_000; tries++)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
                now = await _office.ScalarAsync<int>("select processed from catalog.imports where task_id = $1", id);
            }

            Assert.True(now > last, $"It stands still after {last} rows.");
            await server.KillAsync();
            seen.Add(now);
            await server.StartAsync();
        }

        var task = await keeper.TaskAsync(id);
        for (var tries = 0; (string)task["status"]! is "pending" or "running" && tries < 600; tries++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            task = await keeper.TaskAsync(id);
        }

        Assert.True(seen[0] is > 0 and < Rows, $"It was killed after {string.Join(", ", seen)}.");
        Assert.Equal(("completed", Rows, 100), ((string)task["status"]!, (int)task["processed"]!, (int)task["progress_percent"]!));
        Assert.Equal((Rows - 600 - 1000, 1000, 0, 600), task.Counts());
        Assert.Equal((long)Rows - 600, await _office.ScalarAsync<long>("select count(*) from catalog.items"));
        Assert.Equal((long)Rows - 600, await _office.ScalarAsync<long>("select count(*) from catalog.changes where way = 'import'"));
        Assert.Equal((long)Rows - 600, await _office.ScalarAsync<long>("select count(distinct (record_id, source_row)) from catalog.changes where way = 'import'"));
        Assert.Equal(600L, await _office.ScalarAsync<long>("select count(*) from catalog.import_refusals"));
        Assert.Equal(0L, await _office.ScalarAsync<long>("select count(*) from catalog.items where version > 2 or name not like 'Нарса %'"));
        var verified = await server.RunAsync("verify");
        Assert.True(verified.ExitCode == 0, verified.Output);
        Assert.Empty(Directory.GetFiles(Path.Combine(server.DataDir, "imports")));
    }

    public async ValueTask DisposeAsync()
    {
        await _office.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
