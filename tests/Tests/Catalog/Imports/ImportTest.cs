using System.Text;
using System.Text.Json.Nodes;
using Maydon.Catalog.Importing.Tasks;
using Maydon.Tests.Events;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog.Imports;

/// <summary>A file comes into a list: what is new, what changes, what stays, what is refused.</summary>
public sealed class ImportTest(TestServer server, TestPostgres postgres) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Rows_are_created_changed_and_left_and_the_history_tells_file_and_row()
    {
        using var keeper = await server.SignInKeeperAsync();
        await keeper.AddRecordAsync("project", "P-1");
        await keeper.AddRecordAsync("nomenklatura", "N-same", "Same", new JsonObject { ["project"] = "P-1", ["description"] = "<b>x</b>", ["title"] = "T" });
        await keeper.AddRecordAsync("nomenklatura", "N-other", "Before", new JsonObject { ["title"] = "kept" });
        var before = await server.ChangesAsync();

        // In an order and letters of its own, with a column that nobody knows.
        using var form = new MultipartFormDataContent { { ImportScene.Csv("Nomi;is_active;narx;CODE_1C;project\r\nSame;;5;N-same;P-1\r\n\"After; \"\"new\"\"\";ha;5;N-other;\r\n;;;;\r\nNew;нет;5;N-new/1;P-1\r\n"), "file", "ombor.csv" } };
        var task = await server.ImportAsync(keeper, "nomenklatura", form);

        Assert.Equal(("completed", 3, 3, 100, "ombor.csv", "nomenklatura", null), ((string)task["status"]!, (int)task["total"]!, (int)task["processed"]!, (int)task["progress_percent"]!, (string)task["file_name"]!, (string)task["list"]!, (string?)task["error_message"]));
        Assert.Equal((1, 1, 1, 0), task.Counts());
        Assert.NotNull(task["completed_at"]);
        var changed = await keeper.ReadRecordAsync(RecordScene.At("nomenklatura", "N-other"));
        Assert.Equal(("After; \"new\"", "kept", null, 2L), ((string)changed["name"]!, (string)changed["title"]!, (string?)changed["project_code_1c"], (long)changed["version"]!));
        var made = await keeper.ReadRecordAsync(RecordScene.At("nomenklatura", "N-new/1"));
        Assert.Equal(("New", false, "P-1"), ((string)made["name"]!, (bool)made["is_active"]!, (string)made["project_code_1c"]!));
        Assert.Equal(1L, (long)(await keeper.ReadRecordAsync(RecordScene.At("nomenklatura", "N-same")))["version"]!);
        Assert.Equal(before + 2, await server.ChangesAsync());
        Assert.Equal("N-new/1 import ombor.csv 5, N-other import ombor.csv 3", await server.ScalarAsync<string>(
            "select string_agg(format('%s %s %s %s', code, way, source, source_row), ', ' order by code) from catalog.changes where position > $1 and changed_by is not null", before));
        Assert.False(File.Exists(Path.Combine(server.DataDir, "imports", (string)task["task_id"]!)));
    }

    [Fact]
    public async Task The_same_file_again_changes_nothing()
    {
        using var keeper = await server.SignInKeeperAsync();
        var file = new StringBuilder("client_code_1c,name,email,phone,is_active\n");
        for (var n = 0; n < 9_000; n++)
            file.Append(n % 3 == 0 ? $"C-{n},Mijoz {n},m{n}@Example.org,+99890{n},true\n" : $"C-{n}, Mijoz {n} ,,,\n");
        Assert.Equal((9_000, 0, 0, 0), (await server.ImportAsync(keeper, "client", file.ToString())).Counts());
        var (changes, rows) = (await server.ChangesAsync(), await server.ScalarAsync<string>("select md5(string_agg(c::text, ',' order by id)) from catalog.clients c"));
        Assert.Equal(9_000L, await server.ScalarAsync<long>("select count(distinct source_row) from catalog.changes where list = 'client' and way = 'import'"));

        var again = await server.ImportAsync(keeper, "client", file.ToString());
        Assert.Equal((0, 0, 9_000, 0), again.Counts());
        Assert.Equal((changes, rows), (await server.ChangesAsync(), await server.ScalarAsync<string>("select md5(string_agg(c::text, ',' order by id)) from catalog.clients c")));
    }

    [Fact]
    public async Task Bad_rows_stop_no_others_and_come_back_with_their_reasons()
    {
        using var keeper = server.SignIn(await server.CreatePersonAsync(email: null, "en", "staff", "superuser"));
        await keeper.AddRecordAsync("nomenklatura", "B-gone");
        using (await keeper.DeleteAsync(RecordScene.At("nomenklatura", "B-gone")))
        {
        }

        var task = await server.ImportAsync(keeper, "nomenklatura", string.Join('\n',
            "code_1c,name,is_active,project",
            "B-1,Good,true,",
            ",No code,,",
            "B-2,,,",
            $"B-3,{new string('x', 256)},,",
            "B-4,A,maybe,",
            "B-5,A,,nowhere",
            "B-1,Again,,",
            "B-gone,A,,",
            "export,A,,",
            "B-6,short",
            "B-7,long,,,more",
            "\"=B-8\",\"quoted \"\"name\"\"\",,nowhere",
            "\"B\n9\",A,,",
            "B-10,Good,0,"));
        Assert.Equal("completed", (string)task["status"]!);
        Assert.Equal((2, 0, 0, 12), task.Counts());
        Assert.Equal(2L, await server.ScalarAsync<long>("select count(*) from catalog.items where code in ('B-1', 'B-10') and name = 'Good'"));
        var errors = await keeper.ErrorsAsync(task);
        Assert.Equal(["\"3\";\"code_1c: This field is required.\";\"\";\"No code\";\"\";\"\"", "\"4\";\"name: This field is required.\";\"B-2\";\"\";\"\";\"\""], errors[..2]);
        Assert.StartsWith("\"6\";\"is_active: Write true or false", errors[3], StringComparison.Ordinal);
        Assert.EndsWith("\"B-4\";\"A\";\"maybe\";\"\"", errors[3], StringComparison.Ordinal);
        Assert.Contains("\"7\";\"project_code_1c: There is no such project", errors[4], StringComparison.Ordinal);
        Assert.Contains("\"8\";\"code_1c: Row 2 has this code already.\"", errors[5], StringComparison.Ordinal);
        Assert.Contains("\"9\";\"code_1c: the code “B-gone” belongs to a record that was deleted.", errors[6], StringComparison.Ordinal);
        Assert.Contains("\"10\";\"code_1c: “export” cannot be a code", errors[7], StringComparison.Ordinal);
        // As they stood, for whoever sees where a cell is missing, or one too many.
        Assert.Equal("\"11\";\"The row has 2 cells, the headings are 4.\";\"B-6\";\"short\"", errors[8]);
        Assert.Equal("\"12\";\"The row has 5 cells, the headings are 4.\";\"B-7\";\"long\";\"\";\"\";\"more\"", errors[9]);
        Assert.EndsWith("\"'=B-8\";\"quoted \"\"name\"\"\";\"\";\"nowhere\"", errors[10], StringComparison.Ordinal);
        using var russian = server.SignIn(await server.CreatePersonAsync(email: null, "ru", "staff", "superuser"));
        Assert.Contains("Этот код уже есть в строке 2.", (await russian.ErrorsAsync(task))[5], StringComparison.Ordinal);

        // What nobody has mended is refused again, and mended where it stands, the file of errors is imported as it is.
        var mended = (await keeper.GetStringAsync($"/api/v1/tasks/{task["task_id"]}/errors.csv")).Replace("\"nowhere\"", "\"\"", StringComparison.Ordinal);
        var second = await server.ImportAsync(keeper, "nomenklatura", mended);
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from catalog.items where code = '=B-8'"));
        // The second row of a code that is alone now is its only one.
        Assert.Equal((2, 1, 0, 9), second.Counts());
        mended = (await keeper.GetStringAsync($"/api/v1/tasks/{second["task_id"]}/errors.csv"))
            .Replace("\"B-6\";\"short\"", "\"B-6\";\"short\";\"\";\"\"", StringComparison.Ordinal).Replace("\"long\";\"\";\"\";\"more\"", "\"long\";\"\";\"\"", StringComparison.Ordinal);
        Assert.Equal((2, 0, 0, 7), (await server.ImportAsync(keeper, "nomenklatura", mended)).Counts());
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_and_stores_nothing()
    {
        using var keeper = await server.SignInKeeperAsync();
        await keeper.AddRecordAsync("project", "D-1", "Old");
        await keeper.AddRecordAsync("project", "D-2", "Same");
        var (changes, imports) = (await server.ChangesAsync(), await server.ScalarAsync<long>("select count(*) from catalog.imports"));
        var preview = await keeper.PreviewAsync("project", "code_1c,name\nD-1,New\nD-2,Same\nD-3,Third\nD-4,\n");
        Assert.Equal((1, 1, 1, 1), preview.Counts());
        Assert.Equal((5, true), ((int)preview["refused"]![0]!["row"]!, ((string)preview["refused"]![0]!["reason"]!).StartsWith("name: ", StringComparison.Ordinal)));
        Assert.Equal((changes, imports), (await server.ChangesAsync(), await server.ScalarAsync<long>("select count(*) from catalog.imports")));
        Assert.Empty(Directory.GetFiles(Path.Combine(server.DataDir, "imports")));
        Assert.Equal("Old", (string)(await keeper.ReadRecordAsync(RecordScene.At("project", "D-1")))["name"]!);
    }

    /// <summary>Wherever it is said, and under a key as well: a file that was only to be looked at is not imported.</summary>
    [Fact]
    public async Task A_dry_run_may_be_a_field_of_the_form_before_or_behind_the_file_and_names_columns_that_are_nobodys()
    {
        using var keeper = await server.SignInKeeperAsync();
        var (changes, imports) = (await server.ChangesAsync(), await server.ScalarAsync<long>("select count(*) from catalog.imports"));
        foreach (var (before, behind, suffix, key) in new (string?, string?, string, string?)[] { ("true", null, "", null), (null, "1", "", null), (null, " True ", "", "dry"), ("false", null, "?dry_run=true", null), (null, null, "?dry_run=True", "dry too") })
        {
            using var form = new MultipartFormDataContent();
            if (before is not null)
                form.Add(new StringContent(before), "dry_run");
            form.Add(ImportScene.Csv("code_1c,nmae,is_active,\nDry,Name,1,\n"), "file", "dry.csv");
            if (behind is not null)
                form.Add(new StringContent(behind), "dry_run");
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/project/import/{suffix}") { Content = form };
            if (key is not null)
                request.Headers.Add("Idempotency-Key", key);
            using var answer = await keeper.SendAsync(request);
            var preview = await answer.ReadAsync();
            Assert.Equal((200, """["nmae"]""", 1), ((int)answer.StatusCode, preview["unknown_columns"]?.ToJsonString(), (int)preview["errors"]!));
        }

        // What cannot be read is no consent.
        foreach (var (suffix, said, key) in new[] { ("", "yes", false), ("", new string('x', 40), true), ("?dry_run=1", "false", true), ("?dry_run=1", "false", false) })
        {
            using var form = new MultipartFormDataContent { { ImportScene.Csv("code_1c,name\nDry,Name\n"), "file", "dry.csv" }, { ImportScene.Csv("x"), "other", "other.csv" }, { new StringContent(said), "dry_run" } };
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/project/import/{suffix}") { Content = form };
            if (key)
                request.Headers.Add("Idempotency-Key", said);
            await keeper.SendAsync(request).InvalidAsync("dry_run");
        }

        await keeper.PostAsync("/api/v1/project/import/?dry_run=perhaps", ImportScene.Csv("code_1c,name\nDry,Name\n")).InvalidAsync("dry_run");
        Assert.Equal((changes, imports), (await server.ChangesAsync(), await server.ScalarAsync<long>("select count(*) from catalog.imports")));
        Assert.Empty(Directory.GetFiles(Path.Combine(server.DataDir, "imports")));

        using var meant = new MultipartFormDataContent { { ImportScene.Csv("code_1c,name\nWet,Name\n"), "file", "wet.csv" }, { new StringContent("false"), "dry_run" } };
        using var keyed = new HttpRequestMessage(HttpMethod.Post, "/api/v1/project/import/") { Content = meant, Headers = { { "Idempotency-Key", "wet" } } };
        using var started = await keeper.SendAsync(keyed);
        Assert.Equal(202, (int)started.StatusCode);
        await server.RunJobAsync<RunImports>();
        Assert.Equal("Name", (string)(await keeper.ReadRecordAsync(RecordScene.At("project", "Wet")))["name"]!);
    }

    [Fact]
    public async Task A_file_that_would_hide_more_than_a_fifth_asks_before_it_changes_anything()
    {
        await using var own = new TestServer(postgres);
        await own.StartAsync();
        using var keeper = own.SignIn(await own.CreatePersonAsync(email: null, "en", "staff", "superuser"));
        await own.ImportAsync(keeper, "project", "code_1c,name\n" + string.Join('\n', Enumerable.Range(0, 10).Select(n => $"P{n},Project {n}")));

        // Two of ten are a fifth, and pass.
        Assert.Equal("completed", (string)(await own.ImportAsync(keeper, "project", "code_1c,is_active\nP0,0\nP1,0\n"))["status"]!);
        var changes = await own.ChangesAsync();
        const string hiding = "code_1c,name,is_active\nP2,Renamed,1\nP3,Project 3,0\nP4,Project 4,false\nP5,,0\nP0,Project 0,0\nP1,Project 1,0\n";
        Assert.True((bool)(await keeper.PreviewAsync("project", hiding))["needs_confirmation"]!);
        var task = await own.ImportAsync(keeper, "project", hiding);
        var id = (string)task["task_id"]!;
        Assert.Equal(("needs_confirmation", 2, 8L, 0, null), ((string)task["status"]!, (int)task["deactivations"]!, (long)task["active"]!, (int)task["processed"]!, (string?)task["completed_at"]));
        Assert.StartsWith("The file would make 2 of 8 active records inactive.", (string)task["error_message"]!, StringComparison.Ordinal);
        await own.RunJobAsync<RunImports>();
        Assert.Equal(changes, await own.ChangesAsync());

        using var stranger = await own.SignInAsync("catalog.change_project");
        await stranger.PostAsync($"/api/v1/tasks/{id}/confirm/", content: null).RefusedAsync(404, "task_not_found");
        using var colleague = await own.SignInAsync("staff");
        await colleague.PostAsync($"/api/v1/tasks/{id}/confirm/", content: null).RefusedAsync(403, "permission_denied");
        Assert.Equal("running", (string)(await (await keeper.PostAsync($"/api/v1/tasks/{id}/confirm/", content: null)).ReadAsync())["status"]!);
        await keeper.PostAsync($"/api/v1/tasks/{id}/confirm/", content: null).RefusedAsync(409, "import_not_asking");
        await own.RunJobAsync<RunImports>();
        task = await keeper.TaskAsync(id);
        Assert.Equal("completed", (string)task["status"]!);
        Assert.Equal((0, 3, 2, 1), task.Counts());
        Assert.Equal(4L, await own.ScalarAsync<long>("select count(*) from catalog.projects where not is_active"));
        await keeper.PostAsync($"/api/v1/tasks/{id}/cancel/", content: null).RefusedAsync(409, "import_ended");

        // One that nobody answers is withdrawn, and keeps nobody else waiting any longer.
        var asking = await own.ImportAsync(keeper, "project", "code_1c,is_active\nP5,0\nP6,0\nP7,0\n");
        Assert.Equal("needs_confirmation", (string)asking["status"]!);
        own.Clock.Advance(TimeSpan.FromDays(4));
        await own.RunJobAsync<ForgetOldImports>();
        using var later = own.SignIn(await own.CreatePersonAsync(email: null, "en", "staff", "superuser"));
        Assert.Equal("cancelled", (string)(await later.TaskAsync((string)asking["task_id"]!))["status"]!);
        own.Clock.Advance(TimeSpan.FromDays(31));
        await own.RunJobAsync<ForgetOldImports>();
        Assert.Equal(0L, await own.ScalarAsync<long>("select count(*) from catalog.imports"));
        Assert.Empty(Directory.GetFiles(Path.Combine(own.DataDir, "imports")));
    }

    [Fact]
    public async Task One_import_of_a_list_goes_on_at_a_time_and_can_be_cancelled()
    {
        using var keeper = await server.SignInKeeperAsync();
        var first = await keeper.StartImportAsync("project", ImportScene.Csv("code_1c,name\nO-1,One\n"));
        var other = await keeper.PostAsync("/api/v1/project/import/", ImportScene.Csv("code_1c,name\nO-2,Two\n")).RefusedAsync(409, "import_running");
        Assert.Equal(first, (string)other["task_id"]!);
        // Other lists do not wait; many at once are one.
        var racing = await Task.WhenAll(Enumerable.Range(0, 10).Select(async n =>
        {
            using var answer = await keeper.PostAsync("/api/v1/client/import/", ImportScene.Csv($"client_code_1c,name\nO-{n},N\n"));
            return (int)answer.StatusCode;
        }));
        Assert.Equal((1, 9), (racing.Count(status => status == 202), racing.Count(status => status == 409)));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(server.DataDir, "imports")).Length);

        Assert.Equal("cancelled", (string)(await (await keeper.PostAsync($"/api/v1/tasks/{first}/cancel/", content: null)).ReadAsync())["status"]!);
        // Two turns at once work at each import once.
        await Task.WhenAll(server.RunJobAsync<RunImports>(), server.RunJobAsync<RunImports>());
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from catalog.projects where code like 'O-%'"));
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from catalog.clients where code like 'O-%'"));
        Assert.Empty(Directory.GetFiles(Path.Combine(server.DataDir, "imports")));
    }

    [Fact]
    public async Task Rights_decide_who_imports_what()
    {
        using var nobody = server.CreateClient();
        await nobody.PostAsync("/api/v1/project/import/", ImportScene.Csv("code_1c,name\nR-1,One\n")).RefusedAsync(401, "not_authenticated");
        using var reader = await server.SignInAsync("catalog.view_project", "catalog.change_client");
        await reader.PostAsync("/api/v1/project/import/", ImportScene.Csv("code_1c,name\nR-1,One\n")).RefusedAsync(403, "permission_denied");
        using var keeper = await server.SignInKeeperAsync();
        await keeper.AddRecordAsync("project", "R-1", "One");
        using var clerk = await server.SignInAsync("catalog.change_project");
        var task = await server.ImportAsync(clerk, "project", "code_1c,name\nR-1,Renamed\nR-2,New\n");
        Assert.Equal((0, 1, 0, 1), task.Counts());
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from catalog.projects where code = 'R-2'"));
        foreach (var path in new[] { "", "errors.csv" })
        {
            await reader.GetAsync($"/api/v1/tasks/{task["task_id"]}/{path}").RefusedAsync(404, "task_not_found");
            await nobody.GetAsync($"/api/v1/tasks/{task["task_id"]}/{path}").RefusedAsync(401, "not_authenticated");
        }

        using var staff = await server.SignInAsync("staff");
        Assert.Equal("completed", (string)(await staff.TaskAsync((string)task["task_id"]!))["status"]!);
        await keeper.GetAsync("/api/v1/tasks/nothing/").RefusedAsync(404, "task_not_found");

        // Whoever may not see clients any more, or never might, is not told what stood in a file of clients.
        var account = await server.CreateUserAsync("catalog.change_client");
        using var lasting = server.SignIn(account);
        task = await server.ImportAsync(lasting, "client", "client_code_1c,name\nR-3,New\n");
        Assert.Single(await lasting.ErrorsAsync(task));
        using var former = server.SignIn(account with { Roles = ["catalog.change_project"] });
        foreach (var path in new[] { "", "errors.csv" })
        {
            await former.GetAsync($"/api/v1/tasks/{task["task_id"]}/{path}").RefusedAsync(404, "task_not_found");
            await staff.GetAsync($"/api/v1/tasks/{task["task_id"]}/{path}").RefusedAsync(404, "task_not_found");
        }
    }
}
