using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Tests.Events;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog;

/// <summary>Somebody who follows the feed and keeps a copy, as any other system would: from what the API says alone.</summary>
internal sealed class Follower(HttpClient client, int limit)
{
    public string Cursor { get; private set; } = "";

    public Dictionary<(string List, long Id), JsonObject> Copy { get; } = [];

    public List<string> Cursors { get; } = [];

    /// <summary>Overlooked on purpose, to see that somebody would notice.</summary>
    public int? Overlook { get; init; }

    /// <summary>How many changes came; until the feed says that there are no more.</summary>
    public async Task<int> CatchUpAsync()
    {
        var count = 0;
        while (true)
        {
            var page = await client.GetJsonAsync($"/api/v1/changes/?since={Cursor}&limit={limit}");
            foreach (var change in page["results"]!.AsArray())
            {
                count++;
                Cursors.Add((string)change!["cursor"]!);
                if (Cursors.Count != Overlook)
                    Take(change);
            }

            Cursor = (string)page["next"]!;
            if (!(bool)page["has_more"]!)
                return count;
        }
    }

    private void Take(JsonNode change)
    {
        var key = ((string)change["list"]!, (long)change["id"]!);
        if (change["record"] is JsonObject whole)
            Copy[key] = (JsonObject)whole.DeepClone();
        var copy = Copy[key];
        foreach (var (field, values) in change["fields"]!.AsObject())
            copy[field] = values![1]?.DeepClone();
        (copy["version"], copy["updated_at"]) = ((long)change["version"]!, (string)change["at"]!);
        if ((string)change["kind"]! == "deleted")
            Copy.Remove(key);
    }
}

/// <summary><c>/api/v1/changes/</c> and the history of a record.</summary>
public sealed class ChangeFeedTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_copy_is_whole_while_eight_write()
    {
        using var keeper = await server.SignInKeeperAsync();
        var (early, late) = (new Follower(keeper, 7), new Follower(keeper, 1000));
        var writing = new CancellationTokenSource();
        var following = Task.Run(async () =>
        {
            while (!writing.IsCancellationRequested)
                await early.CatchUpAsync();
        });
        var statuses = new ConcurrentBag<int>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => WriteAsync(keeper, writer, statuses)));
        await writing.CancelAsync();
        await following;
        await early.CatchUpAsync();
        await late.CatchUpAsync();

        Assert.InRange(statuses.Count(status => status is >= 200 and < 300), 60, 8 * 60);
        Assert.DoesNotContain(statuses, status => status >= 500);
        Assert.Equal(early.Cursors, late.Cursors);
        Assert.Equal(early.Cursors.Count, early.Cursors.Distinct().Count());
        Assert.Equal(await server.ScalarAsync<long>("select count(*) from catalog.changes"), early.Cursors.Count);
        await AssertSameAsync(keeper, early);
        await AssertSameAsync(keeper, late);
        await server.VerifyAsync();

        // And one who has missed a single change would not come to the same.
        var careless = new Follower(keeper, 100) { Overlook = early.Cursors.Count };
        await careless.CatchUpAsync();
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => AssertSameAsync(keeper, careless));
    }

    [Fact]
    public async Task It_says_what_was_deleted_and_what_came_back()
    {
        using var keeper = await server.SignInKeeperAsync();
        var start = await EndAsync(keeper);
        var made = await keeper.AddRecordAsync("client", "Feed/1", fields: new JsonObject { ["email"] = "feed@example.org" });
        await keeper.DeleteAsync(RecordScene.At("client", "Feed/1"));
        await keeper.PostAsync(RecordScene.At("client", "Feed/1", "restore/"), content: null);
        await keeper.SendRecordAsync(HttpMethod.Patch, RecordScene.At("client", "Feed/1"), new { name = "Renamed", email = (string?)null });

        var changes = (await keeper.GetJsonAsync($"/api/v1/changes/?since={start}"))["results"]!.AsArray();
        Assert.Equal(
            [
                ("client", (long)made["id"]!, "Feed/1", "created", 1L), ("client", (long)made["id"]!, "Feed/1", "deleted", 2L),
                ("client", (long)made["id"]!, "Feed/1", "restored", 3L), ("client", (long)made["id"]!, "Feed/1", "updated", 4L),
            ],
            changes.Select(change => ((string)change!["list"]!, (long)change["id"]!, (string)change["code"]!, (string)change["kind"]!, (long)change["version"]!)));
        Assert.Equal("""{"is_deleted":[false,true]}""", changes[1]!["fields"]!.ToJsonString());
        Assert.Equal("""{"name":["Thing","Renamed"],"email":["feed@example.org",null]}""", Ordered(changes[3]!["fields"]!, "name", "email"));
        Assert.Equal(("Feed/1", "feed@example.org", (string)made["created_at"]!, false), ((string)changes[2]!["record"]!["client_code_1c"]!, (string)changes[2]!["record"]!["email"]!, (string)changes[2]!["record"]!["created_at"]!, (bool)changes[2]!["record"]!["is_deleted"]!));
        Assert.Null(changes[3]!["record"]);
        // One at a time, and at the end it says where to go on though nothing is there.
        var cursor = start;
        for (var n = 0; n < 4; n++)
        {
            var page = await keeper.GetJsonAsync($"/api/v1/changes/?since={cursor}&limit=1");
            Assert.Equal(((string)changes[n]!["cursor"]!, n < 3), ((string)page["next"]!, (bool)page["has_more"]!));
            cursor = (string)page["next"]!;
        }

        Assert.Equal(cursor, (string)(await keeper.GetJsonAsync($"/api/v1/changes/?since={cursor}"))["next"]!);
    }

    /// <summary>A copy elsewhere is kept by codes.</summary>
    [Fact]
    public async Task It_names_the_project_of_an_item_by_its_code_too()
    {
        using var keeper = await server.SignInKeeperAsync();
        var (first, second) = (await keeper.AddRecordAsync("project", "Feed P/1"), await keeper.AddRecordAsync("project", "Feed P/2"));
        var start = await EndAsync(keeper);
        await keeper.AddRecordAsync("nomenklatura", "Feed I", fields: new JsonObject { ["project"] = "Feed P/1" });
        var at = RecordScene.At("nomenklatura", "Feed I");
        await keeper.SendRecordAsync(HttpMethod.Patch, at, new { project = "Feed P/2" });
        await keeper.SendRecordAsync(HttpMethod.Patch, at, new JsonObject { ["project"] = null });
        await keeper.AddRecordAsync("nomenklatura", "Feed J");

        var changes = (await keeper.GetJsonAsync($"/api/v1/changes/?since={start}"))["results"]!.AsArray();
        Assert.Equal(((long)first["id"]!, "Feed P/1"), ((long)changes[0]!["record"]!["project"]!, (string?)changes[0]!["record"]!["project_code_1c"]));
        Assert.Equal("""[null,"Feed P/1"]""", changes[0]!["fields"]!["project_code_1c"]!.ToJsonString());
        Assert.Equal($$"""{"project":[{{first["id"]}},{{second["id"]}}],"project_code_1c":["Feed P/1","Feed P/2"]}""", changes[1]!["fields"]!.ToJsonString());
        Assert.Equal($$"""{"project":[{{second["id"]}},null],"project_code_1c":["Feed P/2",null]}""", changes[2]!["fields"]!.ToJsonString());
        Assert.Equal((true, null, false), (changes[3]!["record"]!.AsObject().TryGetPropertyValue("project_code_1c", out var none), none, changes[3]!["fields"]!.AsObject().ContainsKey("project")));
        Assert.Equal(changes[1]!["fields"]!.ToJsonString(), (await keeper.GetJsonAsync(at + "history/"))["results"]![1]!["fields"]!.ToJsonString());
    }

    [Fact]
    public async Task Only_what_somebody_may_see_is_told_and_the_cursor_goes_on_all_the_same()
    {
        using var keeper = await server.SignInKeeperAsync();
        using var somebody = await server.SignInAsync("Seeker");
        using var nobody = server.CreateClient();
        await nobody.GetAsync("/api/v1/changes/").RefusedAsync(401, "not_authenticated");
        var start = await EndAsync(keeper);
        await keeper.AddRecordAsync("project", RecordScene.NewCode());
        await keeper.AddRecordAsync("client", RecordScene.NewCode());
        var all = await keeper.GetJsonAsync($"/api/v1/changes/?since={start}");
        var some = await somebody.GetJsonAsync($"/api/v1/changes/?since={start}");
        Assert.Contains(all["results"]!.AsArray(), change => (string)change!["list"]! == "client");
        Assert.DoesNotContain(some["results"]!.AsArray(), change => (string)change!["list"]! == "client");
        Assert.Equal((string)all["next"]!, (string)some["next"]!);
    }

    [Fact]
    public async Task Long_changes_come_a_megabyte_at_a_time()
    {
        using var keeper = await server.SignInKeeperAsync();
        var start = await EndAsync(keeper);
        await server.ExecuteAsync("""
            insert into catalog.items (code, name, description, created_at, updated_at)
            select 'L' || gen_random_uuid(), 'Long', repeat('я', case n when 5 then 100000 else 30000 end), now(), now() from generate_series(1, 16) n
            """);
        var counts = new List<int>();
        var codes = new List<string>();
        var (cursor, more) = (start, true);
        while (more)
        {
            var text = await keeper.GetStringAsync($"/api/v1/changes/?since={cursor}&limit=7");
            Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(text), 1, 1_000_000);
            var page = JsonNode.Parse(text)!;
            counts.Add(page["results"]!.AsArray().Count);
            codes.AddRange(page["results"]!.AsArray().Select(change => (string)change!["code"]!));
            (cursor, more) = ((string)page["next"]!, (bool)page["has_more"]!);
        }

        Assert.Equal([4, 3, 5, 4], counts);
        Assert.Equal(await server.ScalarAsync<string[]>("select array_agg(code order by id) from catalog.items where name = 'Long'"), codes);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("-1")]
    [InlineData("1")]
    [InlineData("1-00000000")]
    [InlineData("999999999-00000000")]
    [InlineData("99999999999999999999999-0")]
    public async Task A_cursor_of_something_else_is_refused(string since)
    {
        using var keeper = await server.SignInKeeperAsync();
        await keeper.AddRecordAsync("project", RecordScene.NewCode());
        var problem = await keeper.GetAsync($"/api/v1/changes/?since={since}").RefusedAsync(400, "unknown_cursor");
        Assert.Equal("since", (string)problem["field"]!);
    }

    [Fact]
    public async Task The_history_says_who_changed_what_when_and_by_which_way()
    {
        var account = await server.CreateUserAsync("catalog.add_nomenklatura", "catalog.change_nomenklatura", "catalog.delete_nomenklatura");
        using var keeper = server.SignIn(account);
        const string Code = "History.1";
        var at = RecordScene.At("nomenklatura", Code);
        await keeper.AddRecordAsync("nomenklatura", Code, name: "Old");
        await keeper.SendRecordAsync(HttpMethod.Patch, at, new { name = "New", title = "T" });
        await keeper.DeleteAsync(at);
        await keeper.PostAsync(at + "restore/", content: null);
        // As an import writes.
        await server.ExecuteAsync("""
            begin;
            select catalog.begin_writing('import', null, 'items.csv'), set_config('catalog.source_rows', '{"History.1": 17}', true);
            update catalog.items set name = 'Imported', updated_at = now() where code = 'History.1';
            commit;
            """);
        await server.ExecuteAsync("update catalog.items set is_active = false, updated_at = now() where code = 'History.1'");
        await keeper.DeleteAsync(at);

        var history = await keeper.GetJsonAsync(at + "history/");
        var entries = history["results"]!.AsArray();
        Assert.Equal(7, (int)history["count"]!);
        Assert.Equal(
            [
                (7, "deleted", "api", account.Id, null, null), (6, "updated", "sql", null, null, null), (5, "updated", "import", null, "items.csv", 17),
                (4, "restored", "api", account.Id, null, null), (3, "deleted", "api", account.Id, null, null), (2, "updated", "api", account.Id, null, null), (1, "created", "api", account.Id, null, null),
            ],
            entries.Select(entry => ((int)entry!["version"]!, (string)entry["kind"]!, (string)entry["way"]!, (long?)entry["changed_by"], (string?)entry["source"], (int?)entry["source_row"])));
        Assert.Equal(account.FullName, (string)entries[0]!["changed_by_name"]!);
        Assert.Equal("""{"name":["Old","New"],"title":[null,"T"]}""", Ordered(entries[5]!["fields"]!, "name", "title"));
        Assert.Equal("""{"name":["New","Imported"]}""", entries[2]!["fields"]!.ToJsonString());
        Assert.Equal("""[null,"History.1"]""", entries[6]!["fields"]!["code_1c"]!.ToJsonString());
        Assert.Equal(2, (await keeper.GetJsonAsync(at + "history/?page=2&page_size=5"))["results"]!.AsArray().Count);
        await keeper.GetAsync(at + "history/?page=3&page_size=5").RefusedAsync(404, "invalid_page");
        await keeper.GetAsync(RecordScene.At("nomenklatura", "none", "history/")).RefusedAsync(404, "nomenklatura_not_found");
    }

    /// <summary>The cursor from which only what comes now is told.</summary>
    private static async Task<string> EndAsync(HttpClient client)
    {
        var follower = new Follower(client, 1000);
        await follower.CatchUpAsync();
        return follower.Cursor;
    }

    private static string Ordered(JsonNode fields, params string[] names)
    {
        Assert.Equal(names.Order(), fields.AsObject().Select(field => field.Key).Order());
        return new JsonObject(names.Select(name => KeyValuePair.Create(name, fields[name]?.DeepClone()))).ToJsonString();
    }

    private static async Task WriteAsync(HttpClient keeper, int writer, ConcurrentBag<int> statuses)
    {
        // Few codes, so that writers meet; whose turn it is decides what becomes of it.
        var list = new[] { "project", "client", "nomenklatura" }[writer % 3];
        for (var n = 0; n < 60; n++)
        {
            var code = string.Create(CultureInfo.InvariantCulture, $"W/{n % 9}");
            var at = RecordScene.At(list, code);
            using var answer = (((n * 7) + writer) % 6) switch
            {
                0 or 1 => await keeper.PostAsJsonAsync($"/api/v1/{list}/", new JsonObject { [RecordScene.CodeField(list)] = code, ["name"] = $"By {writer}", ["is_active"] = n % 4 != 0 }),
                2 => await keeper.PutAsJsonAsync(at, new { name = $"Replaced {writer}.{n}" }),
                3 => await keeper.PatchAsJsonAsync(at, new { description = $"Changed {writer}.{n}" }),
                4 => await keeper.DeleteAsync(at),
                _ => await keeper.PostAsync(at + "restore/", content: null),
            };
            statuses.Add((int)answer.StatusCode);
        }
    }

    /// <summary>What the lists show is what the copy has, field by field.</summary>
    private static async Task AssertSameAsync(HttpClient keeper, Follower follower)
    {
        foreach (var list in new[] { "project", "client", "nomenklatura" })
        {
            var records = (await keeper.GetJsonAsync($"/api/v1/{list}/?page_size=100"))["results"]!.AsArray();
            Assert.Equal(records.Select(record => (long)record!["id"]!).Order(), follower.Copy.Keys.Where(key => key.List == list).Select(key => key.Id).Order());
            foreach (var record in records)
            {
                var copy = follower.Copy[(list, (long)record!["id"]!)];
                foreach (var (field, value) in record.AsObject().Where(field => field.Key is not ("id" or "images")))
                    Assert.Equal($"{field}={value?.ToJsonString()}", $"{field}={copy[field]?.ToJsonString()}");
            }
        }
    }
}
