using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Tests.Catalog.Images;
using Maydon.Tests.Catalog.Imports;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog;

/// <summary>What answers give away beside what was asked for.</summary>
public sealed class RecordPrivacyTest(TestServer server) : IClassFixture<TestServer>
{
    private const string Items = "/api/v1/nomenklatura/";

    [Fact]
    public async Task A_hidden_or_deleted_project_is_for_strangers_not_there_and_from_that_moment()
    {
        using var keeper = await server.SignInKeeperAsync();
        using var somebody = await server.SignInAsync("Seeker");
        using var stranger = server.CreateClient();
        var code = RecordScene.NewCode();
        var (secret, shown) = ($"A{code}", $"B{code}");
        var secretId = (long)(await keeper.AddRecordAsync("project", secret))["id"]!;
        var shownId = (long)(await keeper.AddRecordAsync("project", shown))["id"]!;
        foreach (var (suffix, project) in new[] { ("-1", secret), ("-2", shown), ("-3", null) })
            await keeper.AddRecordAsync("nomenklatura", code + suffix, fields: new JsonObject { ["project"] = project });
        string[] filters = [$"project={secret}", $"project={secretId}", $"project_code_1c={secret}"];
        await AssertNamedAsync(stranger);

        await keeper.PatchAsJsonAsync(RecordScene.At("project", secret), new { is_active = false });
        await AssertHiddenAsync();

        await keeper.PatchAsJsonAsync(RecordScene.At("project", secret), new { is_active = true });
        await AssertNamedAsync(stranger);

        await keeper.DeleteAsync(RecordScene.At("project", secret));
        await AssertHiddenAsync();

        await keeper.SendRecordAsync(HttpMethod.Post, RecordScene.At("project", secret, "restore/"));
        await AssertNamedAsync(stranger);

        async Task AssertNamedAsync(HttpClient reader)
        {
            var item = await reader.ReadRecordAsync(RecordScene.At("nomenklatura", $"{code}-1"));
            Assert.Equal((secretId, secret), ((long?)item["project"], (string?)item["project_code_1c"]));
            foreach (var filter in filters)
                Assert.Equal([$"{code}-1"], (await reader.ReadRecordAsync($"{Items}?{filter}")).Codes("nomenklatura"));
            foreach (var order in new[] { "project", "project_code_1c" })
                Assert.Equal(["-1", "-2", "-3"], await OrderAsync(reader, order));
            Assert.Equal([(secretId, secret), (shownId, shown), (null, null)], await ProjectsAsync(reader));
        }

        async Task AssertHiddenAsync()
        {
            // Twice, as what is kept for the one is not for the other.
            for (var n = 0; n < 2; n++)
            {
                var item = await stranger.ReadRecordAsync(RecordScene.At("nomenklatura", $"{code}-1"));
                Assert.Equal((null, null), ((long?)item["project"], (string?)item["project_code_1c"]));
                var nothing = await stranger.ReadRecordAsync($"{Items}?project=nothing");
                foreach (var filter in filters)
                    Assert.Equal(nothing.ToJsonString(), (await stranger.ReadRecordAsync($"{Items}?{filter}")).ToJsonString());
                foreach (var order in new[] { "project", "project_code_1c" })
                    Assert.Equal(["-2", "-1", "-3"], await OrderAsync(stranger, order));
                Assert.Equal([(null, null), (shownId, shown), (null, null)], await ProjectsAsync(stranger));
                await AssertNamedAsync(somebody);
                Assert.Equal(0, (int)(await somebody.ReadRecordAsync($"{Items}?is_active=true&project=nothing"))["count"]!);
                Assert.Equal(1, (int)(await somebody.ReadRecordAsync($"{Items}?is_active=true&project={secret}"))["count"]!);
            }
        }

        async Task<string[]> OrderAsync(HttpClient reader, string order) =>
            [.. (await reader.ReadRecordAsync($"{Items}?search={code}&ordering={order},id")).Codes("nomenklatura").Select(one => one[code.Length..])];

        async Task<(long?, string?)[]> ProjectsAsync(HttpClient reader) =>
            [.. (await reader.ReadRecordAsync($"{Items}?search={code}&ordering=id"))["results"]!.AsArray().Select(item => ((long?)item!["project"], (string?)item["project_code_1c"]))];
    }

    [Fact]
    public async Task The_code_of_a_hidden_project_does_not_stand_in_the_way_of_the_same_id()
    {
        using var keeper = await server.SignInKeeperAsync();
        using var stranger = server.CreateClient();
        var code = RecordScene.NewCode();
        var id = (long)(await keeper.AddRecordAsync("project", code))["id"]!;
        await keeper.AddRecordAsync("nomenklatura", code, fields: new JsonObject { ["project"] = code });
        await keeper.AddImageAsync("project", code, Pictures.Png());
        await keeper.AddRecordAsync("project", $"{id}", fields: new JsonObject { ["is_active"] = false });
        foreach (var list in new[] { "nomenklatura", "project-image" })
        {
            Assert.Equal(1, (int)(await stranger.ReadRecordAsync($"/api/v1/{list}/?project={id}"))["count"]!);
            Assert.Equal(0, (int)(await keeper.ReadRecordAsync($"/api/v1/{list}/?project={id}"))["count"]!);
        }
    }

    [Fact]
    public async Task What_only_some_may_read_is_kept_by_no_cache_and_no_browser()
    {
        using var keeper = await server.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        foreach (var list in new[] { "client", "project" })
            await keeper.AddRecordAsync(list, code);
        var image = await keeper.AddImageAsync("client", code, Pictures.Png());
        var task = $"/api/v1/tasks/{await keeper.StartImportAsync("client", ImportScene.Csv($"client_code_1c;name\n{code};Thing\n"))}/";
        var client = RecordScene.At("client", code);
        // Twice: as it is read, and as it is kept.
        for (var n = 0; n < 2; n++)
        {
            foreach (var address in new[] { client, "/api/v1/client/", $"/api/v1/client/?search={code}", "/api/v1/client-image/", ImageScene.At("client", image) })
                Assert.Equal("no-store, private", await CachingAsync(address));
            foreach (var address in new[] { client + "history/", "/api/v1/client/export/", "/api/v1/client/export/?format=xlsx", "/api/v1/client/template/", "/api/v1/changes/", task, task + "errors.csv" })
                Assert.Contains("no-store", await CachingAsync(address), StringComparison.Ordinal);
            foreach (var address in new[] { RecordScene.At("project", code), "/api/v1/project/", "/api/v1/project-image/" })
                Assert.Equal("no-cache, private", await CachingAsync(address));
        }

        // With the tag, too.
        using var first = await keeper.GetAsync(client);
        using var request = new HttpRequestMessage(HttpMethod.Get, client) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var again = await keeper.SendAsync(request);
        Assert.Equal((304, "no-store, private"), ((int)again.StatusCode, again.Headers.CacheControl?.ToString()));
        using var written = await keeper.PatchAsJsonAsync(client, new { phone = "+998 71" });
        Assert.Equal((200, "no-store"), ((int)written.StatusCode, written.Headers.CacheControl?.ToString()));

        async Task<string?> CachingAsync(string address)
        {
            using var answer = await keeper.GetAsync(address);
            Assert.True((int)answer.StatusCode == 200, address);
            return answer.Headers.CacheControl?.ToString();
        }
    }
}
