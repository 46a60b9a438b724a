using System.Net.Http.Json;
using Maydon.Catalog.Importing.Tasks;
using Maydon.Tests.Events;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;
using Npgsql;

namespace Maydon.Tests.Catalog.Imports;

/// <summary>Somebody else writes, for longer than an import waits for its turn.</summary>
public sealed class WaitingImportTest(TestServer server, TestPostgres postgres) : IClassFixture<TestServer>
{
    /// <summary>Else it would take its turn for ever, before everybody else's.</summary>
    [Fact]
    public async Task What_takes_too_long_each_time_is_given_up_in_the_end()
    {
        await using var own = new TestServer(postgres);
        await own.StartAsync();
        using var keeper = await own.SignInKeeperAsync();
        await own.ExecuteAsync("""
            create function catalog.take_long() returns trigger language plpgsql as $$ begin raise exception 'too long' using errcode = 'query_canceled'; end $$;
            create trigger items_long before insert on catalog.items for each statement execute function catalog.take_long();
            """);
        var id = await keeper.StartImportAsync("nomenklatura", ImportScene.Csv("code_1c;name\nL-1;Long\n"));
        for (var turns = 0; turns < 12; turns++)
        {
            Assert.Equal(turns == 0 ? "pending" : "running", (string)(await keeper.TaskAsync(id))["status"]!);
            await own.RunJobAsync<RunImports>();
        }

        Assert.Equal(("failed", (0, 0, 0, 0)), ((string)(await keeper.TaskAsync(id))["status"]!, (await keeper.TaskAsync(id)).Counts()));
        // The list is free again.
        await own.ExecuteAsync("drop trigger items_long on catalog.items");
        Assert.Equal("completed", (string)(await own.ImportAsync(keeper, "nomenklatura", "code_1c;name\nL-1;Long\n"))["status"]!);
    }

    [Fact]
    public async Task However_often_it_does_not_get_its_turn_it_is_not_given_up_and_loses_nothing()
    {
        using var keeper = await server.SignInKeeperAsync();
        await keeper.AddRecordAsync("nomenklatura", "W-1");
        await keeper.AddRecordAsync("project", "W-2");
        // Nobody waits here for five seconds eleven times.
        await server.ExecuteAsync("do $$ begin execute replace(pg_get_functiondef('catalog.begin_writing(text, bigint, text)'::regprocedure), '5s', '50ms'); end $$");
        string id;
        await using (var connection = await server.Database.OpenConnectionAsync())
        await using (await connection.BeginTransactionAsync())
        {
            await using (var command = new NpgsqlCommand("select catalog.wait_for_turn()", connection))
                await command.ExecuteNonQueryAsync();
            id = await keeper.StartImportAsync("nomenklatura", ImportScene.Csv("code_1c;name\nW-1;After\nW-3;New\nW-4;\n"));
            for (var minutes = 0; minutes < 12; minutes++)
            {
                await server.RunJobAsync<RunImports>();
                server.Clock.Advance(TimeSpan.FromMinutes(1));
                var waiting = await keeper.TaskAsync(id);
                Assert.Equal(("running", 3, 0, 0), ((string)waiting["status"]!, (int)waiting["total"]!, (int)waiting["processed"]!, (int)waiting["progress_percent"]!));
                Assert.Equal((null, null, (0, 0, 0, 0)), ((string?)waiting["error_message"], (string?)waiting["completed_at"], waiting.Counts()));
            }

            Assert.Equal((0L, 2L), (await server.ScalarAsync<long>("select count(*) from catalog.import_refusals"), await server.ChangesAsync()));
            // One that writes nothing needs no turn, and does not wait behind the other.
            Assert.Equal("completed", (string)(await server.ImportAsync(keeper, "project", "code_1c;name\nW-2;Thing\n"))["status"]!);
            await keeper.PatchAsJsonAsync(RecordScene.At("nomenklatura", "W-1"), new { name = "No turn either" }).RefusedAsync(503, "unavailable");
        }

        await server.RunJobAsync<RunImports>();

        var task = await keeper.TaskAsync(id);
        Assert.Equal(("completed", 100, (1, 1, 0, 1)), ((string)task["status"]!, (int)task["progress_percent"]!, task.Counts()));
        Assert.Equal("After, New", await server.ScalarAsync<string>("select string_agg(name, ', ' order by code) from catalog.items"));
        Assert.Single(await keeper.ErrorsAsync(task));
        await server.VerifyAsync();
    }
}
