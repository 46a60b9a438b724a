using Maydon.Catalog.Importing.Tasks;
using Maydon.Tests.Events;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog.Imports;

/// <summary>What happens to an import when the database, the disk or another node does not do as it should.</summary>
public sealed class ImportTroubleTest(TestServer server, TestPostgres postgres) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("raise exception 'Somebody sits on it.' using errcode = 'lock_not_available'")]
    [InlineData("perform pg_terminate_backend(pg_backend_pid())")]
    public async Task Trouble_that_passes_ends_no_import_however_long_it_takes(string trouble)
    {
        using var keeper = await server.SignInKeeperAsync();
        var rows = string.Concat(Enumerable.Range(0, 5_000).Select(n => $"T{trouble.Length}-{n},Narsa\n"));
        await server.ExecuteAsync($"create function catalog.trouble() returns trigger language plpgsql as $$ begin {trouble}; return null; end $$");
        await server.ExecuteAsync("create trigger trouble before insert on catalog.projects execute function catalog.trouble()");
        var id = await keeper.StartImportAsync("project", ImportScene.Csv("code_1c,name\n" + rows));
        var other = await keeper.StartImportAsync("client", ImportScene.Csv($"client_code_1c,name\nT{trouble.Length},Mijoz\n"));
        for (var turn = 0; turn < 12; turn++)
            await server.RunJobAsync<RunImports>();
        Assert.Equal("running 0", await server.ScalarAsync<string>("select status || ' ' || attempts from catalog.imports where task_id = $1", id));
        Assert.Equal("completed", (string)(await keeper.TaskAsync(other))["status"]!);

        await server.ExecuteAsync("drop function catalog.trouble() cascade");
        await server.RunJobAsync<RunImports>();
        var task = await keeper.TaskAsync(id);
        Assert.Equal(("completed", 5_000), ((string)task["status"]!, (int)task["created"]!));
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from pg_locks where locktype = 'advisory' and classid = 7311 and database = (select oid from pg_database where datname = current_database())"));
    }

    [Fact]
    public async Task What_ends_the_server_each_time_is_given_up_and_its_file_stays_for_a_day()
    {
        await using var own = new TestServer(postgres);
        await own.StartAsync();
        using var keeper = own.SignIn(await own.CreatePersonAsync(email: null, "en", "staff", "superuser"));
        var id = await keeper.StartImportAsync("project", ImportScene.Csv("code_1c,name\nG-1,Given up\n"));
        // As many beginnings as nobody came back from.
        await own.ExecuteAsync("update catalog.imports set attempts = 10 where task_id = $1", id);
        await own.RunJobAsync<RunImports>();
        var task = await keeper.TaskAsync(id);
        Assert.Equal(("failed", 0), ((string)task["status"]!, (int)task["processed"]!));
        Assert.StartsWith("The import was given up", (string)task["error_message"]!, StringComparison.Ordinal);
        var file = Path.Combine(own.DataDir, "imports", id);
        Assert.True(File.Exists(file));
        own.Clock.Advance(TimeSpan.FromDays(2));
        await own.RunJobAsync<ForgetOldImports>();
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task A_node_that_has_not_the_file_cancels_its_import_all_the_same()
    {
        var elsewhere = Directory.CreateTempSubdirectory("maydon-node-").FullName;
        try
        {
            await using var node = new TestServer(postgres);
            await node.StartAsync(settings => settings with { DataDir = elsewhere }, sibling: server);
            var person = await server.CreateUserAsync("staff", "superuser");
            using var here = server.SignIn(person);
            using var there = node.SignIn(person);
            var id = await here.StartImportAsync("nomenklatura", ImportScene.Csv("code_1c,name\nE-1,Elsewhere\n"));
            await node.RunJobAsync<RunImports>();
            Assert.Equal("pending", (string)(await there.TaskAsync(id))["status"]!);
            using var cancelled = await there.PostAsync($"/api/v1/tasks/{id}/cancel/", content: null);
            Assert.Equal((200, "cancelled"), ((int)cancelled.StatusCode, (string)(await cancelled.ReadAsync())["status"]!));
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [Fact]
    public async Task A_file_outlives_a_commit_of_which_nobody_knows_whether_it_came_through()
    {
        await using var own = new TestServer(postgres);
        await own.StartAsync();
        using var keeper = await own.SignInKeeperAsync();
        await own.ExecuteAsync("create function catalog.trouble() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$");
        await own.ExecuteAsync("create constraint trigger trouble after insert on catalog.imports deferrable initially deferred for each row execute function catalog.trouble()");
        await keeper.PostAsync("/api/v1/project/import/", ImportScene.Csv("code_1c,name\nC-1,Commit\n")).RefusedAsync(503, "unavailable");
        Assert.Single(Directory.GetFiles(Path.Combine(own.DataDir, "imports")));
        own.Clock.Advance(TimeSpan.FromDays(2));
        await own.RunJobAsync<ForgetOldImports>();
        Assert.Empty(Directory.GetFiles(Path.Combine(own.DataDir, "imports")));
    }

    [Fact]
    public async Task An_import_whose_file_is_lost_has_failed()
    {
        using var keeper = server.SignIn(await server.CreatePersonAsync(email: null, "en", "staff", "superuser"));
        var id = await keeper.StartImportAsync("nomenklatura", ImportScene.Csv("code_1c,name\nL-1,Lost\n"));
        var file = Path.Combine(server.DataDir, "imports", id);
        // It is there when it is looked for, and not when it is opened.
        File.Delete(file);
        File.CreateSymbolicLink(file, Path.Combine(server.DataDir, "nowhere"));
        await server.RunJobAsync<RunImports>();
        var task = await keeper.TaskAsync(id);
        Assert.Equal(("failed", "The file of the import is gone. The rows it had taken are kept; send the file again."), ((string)task["status"]!, (string)task["error_message"]!));
        File.Delete(file);
    }
}
