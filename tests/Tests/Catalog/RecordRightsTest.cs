using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog;

/// <summary>Every verb on every list asks for its own permission, and for no other.</summary>
public sealed class RecordRightsTest(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("project", true)]
    [InlineData("nomenklatura", true)]
    [InlineData("client", false)]
    public async Task A_verb_is_open_to_exactly_those_who_have_its_right(string list, bool isOpen)
    {
        using var keeper = await server.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        await keeper.AddRecordAsync(list, code);
        var other = list == "client" ? "project" : "client";
        foreach (var right in new[] { "view", "add", "change", "delete", "" })
        {
            // Everything on another list, and one verb on this.
            string[] rights = [$"catalog.view_{other}", $"catalog.add_{other}", $"catalog.change_{other}", $"catalog.delete_{other}"];
            using var person = await server.SignInAsync(right.Length == 0 ? rights : [.. rights, $"catalog.{right}_{list}"]);
            using var anyone = server.CreateClient();
            foreach (var (method, address, needed, success) in new[]
            {
                (HttpMethod.Get, $"/api/v1/{list}/", "view", 200), (HttpMethod.Get, RecordScene.At(list, code), "view", 200), (HttpMethod.Post, $"/api/v1/{list}/", "add", 201),
                (HttpMethod.Put, RecordScene.At(list, code), "change", 200), (HttpMethod.Patch, RecordScene.At(list, code), "change", 200),
                (HttpMethod.Get, RecordScene.At(list, code, "history/"), "change", 200),
                (HttpMethod.Delete, RecordScene.At(list, code), "delete", 204), (HttpMethod.Post, RecordScene.At(list, code, "restore/"), "delete", 200),
            })
            {
                object? body = method == HttpMethod.Get || needed == "delete" ? null : new Dictionary<string, string> { [RecordScene.CodeField(list)] = RecordScene.NewCode(), ["name"] = "Thing" };
                var isPublic = needed == "view" && isOpen;
                var before = await StateAsync();
                var (status, answer, _) = await person.SendRecordAsync(method, address, body);
                Assert.True(status == (isPublic || needed == right ? success : 403), $"{right}: {method} {address}: {status} {answer.ToJsonString()}");
                if (status == 403)
                    Assert.Equal(("permission_denied", before), ((string?)answer["code"], await StateAsync()));
                Assert.Equal(isPublic ? 200 : 401, (await anyone.SendRecordAsync(method, address, body)).Status);
            }
        }

        Task<string?> StateAsync() => server.ScalarAsync<string>("""
            select concat_ws('|', (select string_agg(r::text, ' ' order by id) from catalog.projects r), (select string_agg(r::text, ' ' order by id) from catalog.clients r),
                (select string_agg(r::text, ' ' order by id) from catalog.items r))
            """);
    }
}
