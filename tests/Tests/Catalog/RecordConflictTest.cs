using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Tests.Events;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog;

/// <summary>Two who want the same.</summary>
public sealed class RecordConflictTest(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("project")]
    [InlineData("client")]
    [InlineData("nomenklatura")]
    public async Task A_code_is_taken_for_good(string list)
    {
        using var keeper = await server.SignInKeeperAsync();
        var field = RecordScene.CodeField(list);
        await keeper.AddRecordAsync(list, "Taken");
        var taken = await keeper.PostAsJsonAsync($"/api/v1/{list}/", new JsonObject { [field] = " Taken ", ["name"] = "x" }).RefusedAsync(409, "code_taken");
        Assert.Equal((field, true), ((string)taken["field"]!, ((string)taken["detail"]!).Contains(field, StringComparison.Ordinal)));
        Assert.Equal(204, (int)(await keeper.DeleteAsync($"/api/v1/{list}/Taken/")).StatusCode);
        var deleted = await keeper.PostAsJsonAsync($"/api/v1/{list}/", new JsonObject { [field] = "Taken", ["name"] = "x" }).RefusedAsync(409, "code_deleted");
        Assert.Equal(field, (string)deleted["field"]!);
        // Case counts.
        await keeper.AddRecordAsync(list, "taken");
        foreach (var missing in new JsonNode?[] { null, "", "  ", "\u200b" })
            await keeper.PostAsJsonAsync($"/api/v1/{list}/", new JsonObject { [field] = missing, ["name"] = "x" }).InvalidAsync(field);
        foreach (var wrong in new[] { ".", "..", "export", "Import", "TEMPLATE", "two\nlines", new string('x', list == "client" ? 101 : 256) })
            await keeper.PostAsJsonAsync($"/api/v1/{list}/", new JsonObject { [field] = wrong, ["name"] = "x" }).InvalidAsync(field);
        await keeper.PostAsJsonAsync($"/api/v1/{list}/", new JsonObject { ["name"] = new string('x', list == "client" ? 101 : 256) }).InvalidAsync("name", field);
        await keeper.PostAsJsonAsync($"/api/v1/{list}/", new JsonObject()).InvalidAsync("name", field);
        Assert.Equal(2L, (long)(await server.ScalarAsync<long>($"select count(*) from catalog.{(list == "nomenklatura" ? "items" : list + "s")} where lower(code) like 'taken%' or name = 'x'")));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task What_is_hidden_is_shown_by_nobody_who_does_not_say_so()
    {
        using var keeper = await server.SignInKeeperAsync();
        using var stranger = server.CreateClient();
        var code = RecordScene.NewCode();
        await keeper.AddRecordAsync("project", code, fields: new JsonObject { ["is_active"] = false });

        var (status, replaced, _) = await keeper.SendRecordAsync(HttpMethod.Put, RecordScene.At("project", code), new JsonObject { ["name"] = "From the ERP" });

        Assert.Equal((200, "From the ERP", false), (status, (string)replaced["name"]!, (bool)replaced["is_active"]!));
        await keeper.PatchAsync(RecordScene.At("project", code), JsonContent.Create(new JsonObject { ["is_active"] = null })).InvalidAsync("is_active");
        await stranger.GetAsync(RecordScene.At("project", code)).RefusedAsync(404, "project_not_found");
    }

    [Fact]
    public async Task Of_twenty_who_add_the_same_code_one_does()
    {
        using var keeper = await server.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        var statuses = await AddTogetherAsync(keeper, code);
        Assert.Equal((1, 19), (statuses.Count(status => status == 201), statuses.Count(status => status == 409)));
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from catalog.items where code = $1", code));
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from catalog.changes where code = $1", code));
        await keeper.DeleteAsync(RecordScene.At("nomenklatura", code));
        Assert.Equal(20, (await AddTogetherAsync(keeper, code)).Count(status => status == 409));
    }

    [Theory]
    [InlineData("project", "projects")]
    [InlineData("client", "clients")]
    [InlineData("nomenklatura", "items")]
    public async Task Whoever_takes_no_turn_meets_the_constraint_which_names_the_field_too(string list, string table)
    {
        using var keeper = await server.SignInKeeperAsync();
        var (code, field) = (RecordScene.NewCode(), RecordScene.CodeField(list));
        Task<HttpResponseMessage> second;
        await using (var connection = await server.Database.OpenConnectionAsync())
        {
            // As a replica applies it: without the triggers that take the turn.
            await ExecuteAsync($"begin; set local session_replication_role = replica; insert into catalog.{table} (code, name, created_at, updated_at) values ('{code}', 'First', now(), now())");
            second = keeper.PostAsJsonAsync($"/api/v1/{list}/", new JsonObject { [field] = code, ["name"] = "Second" });
            await server.EventuallyAsync("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'", 1);
            await ExecuteAsync("commit");
            using var answer = await second;
            var stored = await server.ScalarAsync<string>($"select string_agg(name, ', ') from catalog.{table} where code = $1", code);
            // And away with it the same way, as nothing tells of it.
            await ExecuteAsync($"begin; set local session_replication_role = replica; delete from catalog.{table} where code = '{code}'; commit");
            var refused = await second.RefusedAsync(409, "code_taken");
            Assert.Equal((field, true), ((string)refused["field"]!, ((string)refused["detail"]!).StartsWith($"{field}: ", StringComparison.Ordinal)));
            Assert.Equal(("First", 0L), (stored, await server.ScalarAsync<long>("select count(*) from catalog.changes where code = $1", code)));

            async Task ExecuteAsync(string sql)
            {
                await using var command = new Npgsql.NpgsqlCommand(sql, connection);
                await command.ExecuteNonQueryAsync();
            }
        }

        await server.VerifyAsync();
    }

    [Fact]
    public async Task Of_twelve_who_replace_the_same_version_one_does()
    {
        using var keeper = await server.SignInKeeperAsync();
        foreach (var spelling in new[] { "\"{0}\"", "{0}", "W/\"{0}-abc\"", "\"0\", \"{0}\"" })
        {
            var code = RecordScene.NewCode();
            await keeper.AddRecordAsync("project", code);
            var statuses = await ReplaceTogetherAsync(keeper, code, string.Format(System.Globalization.CultureInfo.InvariantCulture, spelling, 1));
            Assert.Equal((1, 11), (statuses.Count(status => status == 200), statuses.Count(status => status == 412)));
            Assert.Equal(2L, await server.ScalarAsync<long>("select version from catalog.projects where code = $1", code));
        }

        await server.VerifyAsync();
    }

    [Fact]
    public async Task What_was_read_is_changed_and_nothing_else()
    {
        using var keeper = await server.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        var at = RecordScene.At("client", code);
        await keeper.AddRecordAsync("client", code);
        using var read = await keeper.GetAsync(at);
        var tag = read.Headers.ETag!.ToString();
        Assert.StartsWith("\"1-", tag, StringComparison.Ordinal);
        var (status, _, next) = await keeper.SendRecordAsync(HttpMethod.Patch, at, new { phone = "1" }, tag);
        Assert.Equal(200, status);
        foreach (var (method, body) in new (HttpMethod, object?)[] { (HttpMethod.Put, new { name = "late" }), (HttpMethod.Patch, new { name = "late" }), (HttpMethod.Delete, null) })
        {
            foreach (var old in new[] { tag, "\"1\"", "\"nonsense\"", "\"99\"" })
            {
                var (refused, problem, _) = await keeper.SendRecordAsync(method, at, body, old);
                Assert.Equal((412, "version_mismatch"), (refused, (string)problem["code"]!));
            }
        }

        Assert.Equal((2L, "Thing"), (await server.ScalarAsync<long>("select version from catalog.clients where code = $1", code), await server.ScalarAsync<string>("select name from catalog.clients where code = $1", code)));
        Assert.Equal(200, (await keeper.SendRecordAsync(HttpMethod.Put, at, new { name = "Now" }, next)).Status);
        Assert.Equal(200, (await keeper.SendRecordAsync(HttpMethod.Patch, at, new { name = "Any" }, "*")).Status);
        Assert.Equal(204, (await keeper.SendRecordAsync(HttpMethod.Delete, at, ifMatch: "\"4\"")).Status);
    }

    [Fact]
    public async Task What_changes_nothing_is_no_change()
    {
        using var keeper = await server.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        var made = await keeper.AddRecordAsync("nomenklatura", code, fields: new JsonObject { ["description"] = "a & b <b>c" });
        foreach (var (method, body) in new (HttpMethod, object)[] { (HttpMethod.Patch, new { }), (HttpMethod.Patch, new { name = " Thing " }), (HttpMethod.Put, made), (HttpMethod.Put, new { name = "Thing", description = "a & b <b>c" }) })
        {
            var (status, same, _) = await keeper.SendRecordAsync(method, RecordScene.At("nomenklatura", code), body);
            Assert.Equal((200, made.ToJsonString()), (status, same.ToJsonString()));
        }

        // Nor by any other way.
        await server.ExecuteAsync("update catalog.items set name = 'Thing', updated_at = now() + interval '1 day' where code = $1", code);
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from catalog.changes where code = $1", code));
    }

    [Fact]
    public async Task A_repeated_request_under_its_key_adds_once()
    {
        using var keeper = await server.SignInKeeperAsync();
        keeper.DefaultRequestHeaders.Add("Idempotency-Key", "add-once");
        var code = RecordScene.NewCode();
        var first = await keeper.AddRecordAsync("project", code);
        Assert.Equal(first.ToJsonString(), (await keeper.AddRecordAsync("project", code)).ToJsonString());
    }

    [Fact]
    public async Task Nothing_is_forgotten_and_no_code_changes()
    {
        using var keeper = await server.SignInKeeperAsync();
        await keeper.AddRecordAsync("project", "Stays");
        foreach (var sql in new[] { "delete from catalog.projects", "truncate catalog.items cascade", "update catalog.projects set code = 'Other' where code = 'Stays'", "delete from catalog.changes", "update catalog.changes set way = 'sql'" })
            Assert.Equal("23001", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => server.ExecuteAsync(sql))).SqlState);
    }

    /// <summary>Answers call it so, and so do files.</summary>
    [Fact]
    public async Task The_code_of_its_project_may_be_sent_as_it_is_read()
    {
        using var keeper = await server.SignInKeeperAsync();
        foreach (var code in new[] { "Sent 1", "Sent 2" })
            await keeper.AddRecordAsync("project", code);
        var item = RecordScene.NewCode();
        Assert.Equal("Sent 1", (string?)(await keeper.AddRecordAsync("nomenklatura", item, fields: new JsonObject { ["project_code_1c"] = " Sent 1" }))["project_code_1c"]);
        var at = RecordScene.At("nomenklatura", item);
        Assert.Equal("Sent 2", (string?)(await keeper.SendRecordAsync(HttpMethod.Patch, at, new { project_code_1c = "Sent 2" })).Body["project_code_1c"]);
        await keeper.PatchAsync(at, JsonContent.Create(new { project_code_1c = "No such" })).InvalidAsync("project");
        // Whoever sends both means the project, whichever comes first.
        foreach (var both in new JsonObject[] { new() { ["project"] = "Sent 1", ["project_code_1c"] = "Sent 2" }, new() { ["project_code_1c"] = "Sent 2", ["project"] = "Sent 1" } })
            Assert.Equal("Sent 1", (string?)(await keeper.SendRecordAsync(HttpMethod.Patch, at, both)).Body["project_code_1c"]);
        // What was read can be sent back, and what is left out of a replacement is emptied.
        var read = await keeper.GetJsonAsync(at);
        Assert.Equal((long)read["version"]!, (long)(await keeper.SendRecordAsync(HttpMethod.Put, at, read)).Body["version"]!);
        Assert.Null((string?)(await keeper.SendRecordAsync(HttpMethod.Patch, at, new JsonObject { ["project_code_1c"] = null })).Body["project_code_1c"]);
        Assert.Null(await server.ScalarAsync<object>("select project_id from catalog.items where code = $1 and project_id is not null", item));
    }

    [Fact]
    public async Task An_item_belongs_to_a_project_that_there_is()
    {
        using var keeper = await server.SignInKeeperAsync();
        var first = await keeper.AddRecordAsync("project", "P/1");
        await keeper.AddRecordAsync("project", "00012");
        await keeper.AddRecordAsync("project", "MOVE");
        await keeper.AddRecordAsync("nomenklatura", "Elsewhere");
        var project = await keeper.GetJsonAsync("/api/v1/project/MOVE/");
        var made = await keeper.AddRecordAsync("nomenklatura", "Belongs", fields: new JsonObject { ["project"] = "MOVE" });
        Assert.Equal(((long)project["id"]!, "MOVE"), ((long)made["project"]!, (string)made["project_code_1c"]!));
        foreach (var (sent, kept) in new (JsonNode? Sent, string? Kept)[] { ("P/1", "P/1"), ((long)project["id"]!, "MOVE"), ("00012", "00012"), (null, null), ((long)first["id"]!, "P/1") })
        {
            var (status, body, _) = await keeper.SendRecordAsync(HttpMethod.Patch, "/api/v1/nomenklatura/Belongs/", new JsonObject { ["project"] = sent });
            Assert.Equal((200, kept), (status, (string?)body["project_code_1c"]));
        }

        // Text is a code, however much it looks like an id: those of an ERP are digits.
        foreach (var wrong in new JsonNode[] { "nothing", $"{first["id"]}", $"000{first["id"]}", 999_999, true, new JsonArray(), 1.5 })
            await keeper.PatchAsync("/api/v1/nomenklatura/Belongs/", JsonContent.Create(new JsonObject { ["project"] = wrong })).InvalidAsync("project");

        // Gone, it takes no more items; those it has may be sent back as they were read.
        await keeper.SendRecordAsync(HttpMethod.Patch, "/api/v1/nomenklatura/Belongs/", new { project = "MOVE" });
        Assert.Equal(204, (int)(await keeper.DeleteAsync("/api/v1/project/MOVE/")).StatusCode);
        await keeper.PatchAsync("/api/v1/nomenklatura/Elsewhere/", JsonContent.Create(new { project = "MOVE" })).InvalidAsync("project");
        var read = await keeper.GetJsonAsync("/api/v1/nomenklatura/Belongs/");
        var (put, same, _) = await keeper.SendRecordAsync(HttpMethod.Put, "/api/v1/nomenklatura/Belongs/", read);
        Assert.Equal((200, read.ToJsonString()), (put, same.ToJsonString()));
    }

    internal static async Task<List<int>> AddTogetherAsync(HttpClient keeper, string code) =>
        [.. (await Task.WhenAll(Enumerable.Range(0, 20).Select(n => keeper.PostAsJsonAsync("/api/v1/nomenklatura/", new { code_1c = code, name = $"By {n}" })))).Select(answer => (int)answer.StatusCode)];

    internal static async Task<List<int>> ReplaceTogetherAsync(HttpClient keeper, string code, string ifMatch) =>
        [.. (await Task.WhenAll(Enumerable.Range(0, 12).Select(n => keeper.SendRecordAsync(HttpMethod.Put, RecordScene.At("project", code), new { name = $"By {n}" }, ifMatch)))).Select(answer => answer.Status)];
}

/// <summary>Without the turns that writers take, and without the constraint behind them, the same races go wrong: so the tests would notice.</summary>
public sealed class RecordRaceControlTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Without_turns_a_code_is_given_twice_and_changes_are_lost()
    {
        await server.ExecuteAsync("""
            create or replace function catalog.wait_for_turn() returns void language sql as $$ select pg_sleep(0.05) $$;
            alter table catalog.items drop constraint items_code;
            alter table catalog.changes drop constraint changes_pkey, drop constraint changes_once;
            """);
        using var keeper = await server.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        await RecordConflictTest.AddTogetherAsync(keeper, code);
        Assert.NotEqual(1L, await server.ScalarAsync<long>("select count(*) from catalog.items where code = $1", code));
        await keeper.AddRecordAsync("project", code);
        Assert.NotEqual(1, (await RecordConflictTest.ReplaceTogetherAsync(keeper, code, "\"1\"")).Count(status => status == 200));
        Assert.NotEmpty(await server.FindDriftsAsync());
    }
}
