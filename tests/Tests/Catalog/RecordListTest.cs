using System.Globalization;
using System.Net;
using Maydon.Kernel.Caching;
using Maydon.Tests.Events;
using Maydon.Tests.Support;
using Npgsql;

namespace Maydon.Tests.Catalog;

/// <summary>A list of items, of two projects; <c>I-01</c> is the oldest.</summary>
public sealed class SmallCatalog(TestPostgres postgres) : IAsyncLifetime
{
    public TestServer Server { get; } = new(postgres);

    public async ValueTask InitializeAsync()
    {
        await Server.InitializeAsync();
        await Server.ExecuteAsync("""
            insert into catalog.projects (code, name, created_at, updated_at) values ('P/1', 'First', '2026-01-01', '2026-01-01'), ('00012', 'Second', '2026-01-01', '2026-01-01');
            insert into catalog.items (code, name, title, description, project_id, is_active, created_at, updated_at)
            select 'I-' || to_char(n, 'FM00'), (array['Qizil choynak', 'ЧОЙНАК синий', 'Oʻtkir pichoq', 'Red teapot', '100% paxta'])[1 + (n - 1) % 5] || ' ' || n, case when n % 3 > 0 then 'Title ' || n end,
                case when n = 7 then '<p>seven</p>' end, case n % 4 when 0 then null when 1 then 1 else 2 end, n <> 5, '2026-02-01T00:00:00Z'::timestamptz + n * interval '1 day', '2026-04-01T00:00:00Z'::timestamptz - n * interval '1 hour'
            from generate_series(1, 30) n;
            update catalog.items set is_deleted = true, updated_at = '2026-04-05' where code = 'I-06';
            insert into catalog.clients (code, name, email, phone, created_at, updated_at) values ('C 1', 'Anor Savdo', 'anor@example.org', '+998 71', now(), now()), ('C 2', 'Olma', null, null, now(), now());
            """);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>What a list can be asked for.</summary>
public sealed class RecordListTest(SmallCatalog catalog) : IClassFixture<SmallCatalog>
{
    private const string Items = "/api/v1/nomenklatura/";
    private const string Waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

    [Fact]
    public async Task Strangers_see_what_is_active_and_nobody_sees_what_is_deleted()
    {
        using var stranger = catalog.Server.CreateClient();
        using var somebody = await catalog.Server.SignInAsync("Seeker");
        Assert.Equal((28, 29), ((int)(await stranger.GetJsonAsync(Items))["count"]!, (int)(await somebody.GetJsonAsync(Items))["count"]!));
        // Twice, as what is kept for the one is not for the other.
        for (var n = 0; n < 2; n++)
        {
            await stranger.GetAsync(Items + "I-05/").RefusedAsync(404, "nomenklatura_not_found");
            Assert.False((bool)(await somebody.GetJsonAsync(Items + "I-05/"))["is_active"]!);
            await somebody.GetAsync(Items + "I-06/").RefusedAsync(404, "nomenklatura_not_found");
            Assert.Equal([], (await stranger.GetJsonAsync(Items + "?is_active=false")).Codes("nomenklatura"));
            Assert.Equal(["I-05"], (await somebody.GetJsonAsync(Items + "?is_active=false")).Codes("nomenklatura"));
            Assert.Equal(28, (int)(await somebody.GetJsonAsync(Items + "?is_active=true"))["count"]!);
            Assert.Equal(28, (int)(await somebody.GetJsonAsync(Items + "?is_active=true&is_deleted=false"))["count"]!);
            Assert.Equal(0, (int)(await somebody.GetJsonAsync(Items + "?is_deleted=true"))["count"]!);
        }
    }

    [Fact]
    public async Task Pages_follow_each_other_from_either_end()
    {
        using var somebody = await catalog.Server.SignInAsync("Seeker");
        string[] expected = [.. Enumerable.Range(1, 30).Reverse().Where(n => n != 6).Select(n => string.Create(CultureInfo.InvariantCulture, $"I-{n:00}"))];
        foreach (var size in new[] { 1, 4, 7, 29, 100 })
        {
            var seen = new List<string>();
            for (string? next = $"{Items}?page_size={size}"; next is not null;)
            {
                var page = await somebody.GetJsonAsync(next);
                seen.AddRange(page.Codes("nomenklatura"));
                next = (string?)page["next"];
            }

            Assert.Equal(expected, seen);
        }

        var last = await somebody.GetJsonAsync(Items + "?page=2&search=I-&ordering=code_1c");
        Assert.Equal((9, null, "http://localhost:8000/api/v1/nomenklatura/?page=1&search=I-&ordering=code_1c"), (last["results"]!.AsArray().Count, (string?)last["next"], (string)last["previous"]!));
        await somebody.GetAsync(Items + "?page=3").RefusedAsync(404, "invalid_page");
        await somebody.GetAsync(Items + "?page=0").RefusedAsync(404, "invalid_page");
    }

    [Theory]
    [InlineData("id=3", "I-03")]
    [InlineData("code_1c=I-03", "I-03")]
    [InlineData("code_1c=i-03")]
    [InlineData("name=qizil CHOYNAK 1", "I-01")]
    [InlineData("name=qizil")]
    [InlineData("name=oʼtkir pichoq 3", "I-03")]
    [InlineData("title=title 2", "I-02")]
    [InlineData("description=<p>seven</p>", "I-07")]
    [InlineData("version=2")]
    [InlineData("created_at=2026-02-04T00:00:00Z", "I-03")]
    [InlineData("created_from=2026-03-02&created_to=2026-03-02T12:00:00Z", "I-29")]
    [InlineData("created_to=2026-02-02", "I-01")]
    [InlineData("updated_at=2026-03-31T23:00:00Z", "I-01")]
    [InlineData("updated_from=2026-03-31T22:00:00Z", "I-02", "I-01")]
    [InlineData("updated_to=2026-03-30T18:00:00Z", "I-30")]
    [InlineData("project=P/1&created_to=2026-02-11", "I-09", "I-05", "I-01")]
    [InlineData("project=1&created_to=2026-02-04", "I-01")]
    [InlineData("project=00012&created_to=2026-02-04", "I-03", "I-02")]
    [InlineData("project=12")]
    [InlineData("project=nothing")]
    [InlineData("search=чойнак 2", "I-27", "I-22", "I-12", "I-02")]
    [InlineData("search=TEAPOT,title red 4", "I-14", "I-04")]
    [InlineData("search=i-1 choyn", "I-16", "I-11")]
    [InlineData("search=100%25 25", "I-25")]
    [InlineData("search=o'tkir 28", "I-28")]
    [InlineData("search=_")]
    [InlineData("search=seven")]
    [InlineData("name=Red teapot 4&title=nothing")]
    public async Task Every_field_filters_and_all_words_are_looked_for(string query, params string[] expected)
    {
        using var somebody = await catalog.Server.SignInAsync("Seeker");
        var page = await somebody.GetJsonAsync($"{Items}?{query}");
        Assert.Equal(expected, page.Codes("nomenklatura"));
        Assert.Equal(expected.Length, (int)page["count"]!);
    }

    [Theory]
    [InlineData("client_code_1c=C 1", "C 1")]
    [InlineData("email=ANOR@example.org", "C 1")]
    [InlineData("phone=%2B998 71", "C 1")]
    [InlineData("search=example.ORG", "C 1")]
    [InlineData("search=olm", "C 2")]
    public async Task Clients_have_filters_of_their_own(string query, string expected)
    {
        using var viewer = await catalog.Server.SignInAsync("catalog.view_client");
        Assert.Equal([expected], (await viewer.GetJsonAsync($"/api/v1/client/?{query}")).Codes("client"));
    }

    [Theory]
    [InlineData("id", "I-01", "I-30")]
    [InlineData("-id", "I-30", "I-01")]
    [InlineData("code_1c", "I-01", "I-30")]
    [InlineData("name", "I-10", "I-07")]
    [InlineData("title", "I-01", "I-30")]
    [InlineData("-title,id", "I-03", "I-01")]
    [InlineData("description", "I-07", "I-30")]
    [InlineData("is_active", "I-05", "I-30")]
    [InlineData("is_deleted", "I-01", "I-30")]
    [InlineData("created_at", "I-01", "I-30")]
    [InlineData("updated_at", "I-30", "I-01")]
    [InlineData("version,-id", "I-30", "I-01")]
    [InlineData("project,id", "I-01", "I-28")]
    [InlineData("project_code_1c,id", "I-02", "I-28")]
    public async Task Every_field_orders(string ordering, string first, string last)
    {
        using var somebody = await catalog.Server.SignInAsync("Seeker");
        var codes = (await somebody.GetJsonAsync($"{Items}?page_size=100&ordering={ordering}")).Codes("nomenklatura").ToList();
        Assert.Equal((first, last), (codes[0], codes[^1]));
    }

    [Fact]
    public async Task Whatever_is_shown_can_be_ordered_by_and_nothing_else()
    {
        using var viewer = await catalog.Server.SignInAsync("catalog.view_client");
        foreach (var list in new[] { "project", "client", "nomenklatura" })
        {
            var fields = (await viewer.GetJsonAsync($"/api/v1/{list}/"))["results"]![0]!.AsObject().Select(field => field.Key).Where(field => field != "images").ToList();
            foreach (var field in fields)
                Assert.NotEmpty((await viewer.GetJsonAsync($"/api/v1/{list}/?ordering={field}")).Codes(list));
            await viewer.GetAsync($"/api/v1/{list}/?ordering=name,search_text").RefusedAsync(400, "invalid_ordering");
        }
    }

    [Theory]
    [InlineData("created_from=yesterday", "created_from")]
    [InlineData("updated_at=x", "updated_at")]
    [InlineData("is_active=perhaps", "is_active")]
    [InlineData("id=abc", "id")]
    [InlineData("version=1.5", "version")]
    public async Task Garbage_is_named(string query, string field)
    {
        using var stranger = catalog.Server.CreateClient();
        await stranger.GetAsync($"{Items}?{query}").InvalidAsync(field);
    }

    [Fact]
    public async Task A_list_costs_the_same_queries_however_long_it_is()
    {
        using var keeper = await catalog.Server.SignInKeeperAsync();
        var counts = new List<int>();
        foreach (var size in new[] { 1, 10, 29 })
        {
            using var statements = new SqlStatements(catalog.Server);
            await keeper.GetJsonAsync($"{Items}?page_size={size}&search=i-&created_to=2026-05-0{counts.Count + 1}");
            counts.Add(statements.Texts.Count);
        }

        Assert.Equal([2, 2, 2], counts);
        using var again = new SqlStatements(catalog.Server);
        await keeper.GetJsonAsync($"{Items}?page_size=29&search=i-&created_to=2026-05-03");
        Assert.Empty(again.Texts);
    }

    [Fact]
    public async Task What_was_only_to_be_read_again_is_shown_as_it_was_where_there_is_no_place()
    {
        using var somebody = await catalog.Server.SignInAsync("Seeker");
        string[] addresses = [Items + "?search=teapot", "/api/v1/nomenklatura-image/?search=teapot"];
        await catalog.Server.HearSignalsAsync();
        var known = await AskAsync();
        catalog.Server.Clock.Advance(TimeSpan.FromSeconds(31));
        List<Task<HttpResponseMessage>> searches;
        await using (var connection = await catalog.Server.Database.OpenConnectionAsync())
        await using (await connection.BeginTransactionAsync())
        {
            await using (var command = new NpgsqlCommand("lock table catalog.items", connection))
                await command.ExecuteNonQueryAsync();
            searches = [.. Enumerable.Range(0, SearchQueue.AtOnce + SearchQueue.Waiting).Select(n => somebody.GetAsync($"{Items}?search=renewed{n}"))];
            await catalog.Server.EventuallyAsync(Waiting, SearchQueue.AtOnce);
            // Images by what no index has, and all of them, which have to be counted, wait there too.
            foreach (var address in (string[])[.. addresses.Select(address => address + "%20toomany"), "/api/v1/nomenklatura-image/?position=7", "/api/v1/nomenklatura-image/?version=7", "/api/v1/nomenklatura-image/?page_size=7"])
                await somebody.GetAsync(address).RefusedAsync(503, "unavailable").WaitAsync(TimeSpan.FromSeconds(20));
            // Twice: whoever was shown it has not taken it away.
            for (var n = 0; n < 2; n++)
                Assert.Equal(known, await AskAsync().WaitAsync(TimeSpan.FromSeconds(20)));
        }

        foreach (var search in searches)
            Assert.Equal(200, (int)(await search).StatusCode);

        async Task<string[]> AskAsync() => [.. await Task.WhenAll(addresses.Select(async address => (await somebody.ReadRecordAsync(address)).ToJsonString()))];
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again()
    {
        using var keeper = await catalog.Server.SignInKeeperAsync();
        await keeper.AddRecordAsync("project", "TAG");
        foreach (var address in new[] { "/api/v1/project/", "/api/v1/project/TAG/", "/api/v1/project/?code_1c=TAG" })
        {
            using var first = await keeper.GetAsync(address);
            Assert.NotNull(first.Headers.ETag);
            Assert.Equal(HttpStatusCode.NotModified, await AskAsync(address, first.Headers.ETag.ToString()));
            await keeper.SendRecordAsync(HttpMethod.Patch, "/api/v1/project/TAG/", new { title = address });
            Assert.Equal(HttpStatusCode.OK, await AskAsync(address, first.Headers.ETag.ToString()));
        }

        async Task<HttpStatusCode> AskAsync(string address, string tag)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "If-None-Match", tag } } };
            using var answer = await keeper.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task The_map_names_the_six_lists()
    {
        using var stranger = catalog.Server.CreateClient();
        var map = (await stranger.GetJsonAsync("/api/v1/")).AsObject();
        Assert.Equal(["project", "client", "nomenklatura", "project-image", "client-image", "nomenklatura-image"], map.Select(entry => entry.Key));
        Assert.All(map, entry => Assert.Equal($"http://localhost:8000/api/v1/{entry.Key}/", (string)entry.Value!));
    }
}
