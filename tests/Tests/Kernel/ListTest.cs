using System.Net;
using System.Text.Json;

namespace Maydon.Tests.Kernel;

/// <summary>What all lists have in common: pages, orders, words.</summary>
public sealed class ListTest(ProbeServer probe) : IClassFixture<ProbeServer>
{
    private readonly HttpClient _client = probe.CreateClient();

    [Fact]
    public async Task Pages_link_to_their_neighbours_and_keep_the_other_parameters()
    {
        var first = await GetAsync("/api/probe/list/?kind=A&page_size=20");
        Assert.Equal(50, first.GetProperty("count").GetInt64());
        Assert.Equal(JsonValueKind.Null, first.GetProperty("previous").ValueKind);
        Assert.Equal(20, first.GetProperty("results").GetArrayLength());
        var second = await GetAsync(first.GetProperty("next").GetString()!);
        Assert.Equal("http://localhost:8000/api/probe/list/?kind=A&page_size=20&page=2", first.GetProperty("next").GetString());
        Assert.Equal(20, second.GetProperty("results")[0].GetInt32());
        Assert.Equal("http://localhost:8000/api/probe/list/?kind=A&page_size=20&page=1", second.GetProperty("previous").GetString());
        var last = await GetAsync(second.GetProperty("next").GetString()!);
        Assert.Equal(10, last.GetProperty("results").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, last.GetProperty("next").ValueKind);
    }

    [Theory]
    [InlineData("", 20)]
    [InlineData("page_size=7", 7)]
    [InlineData("page_size=100", 50)]
    [InlineData("page_size=1000", 50)]
    [InlineData("page_size=0", 20)]
    [InlineData("page_size=-5", 20)]
    public async Task A_page_has_20_rows_unless_told_and_at_most_100(string query, int rows) =>
        Assert.Equal(rows, (await GetAsync($"/api/probe/list/?{query}")).GetProperty("results").GetArrayLength());

    [Fact]
    public async Task More_than_100_rows_are_cut_to_100() =>
        Assert.Equal(100, (await GetAsync("/api/probe/?page_size=1000")).GetProperty("size").GetInt32());

    [Theory]
    [InlineData("4")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("2147483647")]
    [InlineData("99999999999999999999")]
    [InlineData("-99999999999999999999")]
    public async Task A_page_that_is_not_there_is_not_found(string page) =>
        await (await _client.GetAsync($"/api/probe/list/?page={page}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "invalid_page");

    [Fact]
    public async Task Orders_are_by_name_with_the_id_last()
    {
        await probe.Server.ExecuteAsync("truncate probe restart identity; alter table probe drop constraint probe_name; alter table probe drop constraint probe_other_key; insert into probe (name, other) values ('b', '1'), ('a', '2'), ('b', '3'), ('a', '4')");
        Assert.Equal("b/1 a/2 b/3 a/4", await RowsAsync(""));
        Assert.Equal("a/2 a/4 b/1 b/3", await RowsAsync("?ordering=name"));
        Assert.Equal("b/3 b/1 a/4 a/2", await RowsAsync("?ordering=-name"));
        Assert.Equal("a/4 a/2 b/3 b/1", await RowsAsync("?ordering=name,-other"));
        Assert.Equal("a/2 a/4 b/1 b/3", await RowsAsync("?ordering=name,,name,-name,"));
        foreach (var unknown in new[] { "id", "Name", "-created", "name,password_hash", "-" })
        {
            var problem = await (await _client.GetAsync($"/api/probe/rows/?ordering={unknown}")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid_ordering");
            Assert.EndsWith($": {(unknown == "-" ? "-" : unknown.Split(',')[^1].TrimStart('-'))}.", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_word_of_a_search_must_be_found_as_it_stands()
    {
        await using var own = new ProbeServer(probe.Postgres);
        await own.InitializeAsync();
        await own.Server.ExecuteAsync("insert into probe (name) values ('Tashkent marathon'), ('MARATHON in Samarkand'), ('100% juice'), ('100 juices'), ('a_b'), ('axb'), ('back\\slash')");
        foreach (var (search, found) in new[]
        {
            ("marathon", "Tashkent marathon/MARATHON in Samarkand"),
            ("Marathon,tash", "Tashkent marathon"),
            (" samar  ,, MARATHON ", "MARATHON in Samarkand"),
            ("100%", "100% juice"),
            ("a_b", "a_b"),
            ("k\\s", "back\\slash"),
            ("marathon juice", ""),
            (",", "Tashkent marathon/MARATHON in Samarkand/100% juice/100 juices/a_b/axb/back\\slash"),
        })
        {
            using var response = await own.CreateClient().GetAsync($"/api/probe/rows/?search={Uri.EscapeDataString(search)}");
            Assert.Equal(found, string.Join('/', (await response.ReadAsync()).EnumerateArray().Select(name => name.GetString()!.TrimEnd('/'))));
        }
    }

    private async Task<string> RowsAsync(string query) => string.Join(' ', (await GetAsync($"/api/probe/rows/{query}")).EnumerateArray().Select(row => row.GetString()));

    private async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.ReadAsync();
    }
}
