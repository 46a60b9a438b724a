using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Tests.Events;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog;

/// <summary>A server on a real socket: what becomes of a path on its way is the server's doing.</summary>
public sealed class CatalogOnKestrel(TestPostgres postgres) : IAsyncLifetime
{
    public TestServer Server { get; } = new(postgres);

    private Uri? _address;

    public async ValueTask InitializeAsync()
    {
        await Server.StartAsync(customise: builder => Microsoft.AspNetCore.Hosting.HostingAbstractionsWebHostBuilderExtensions.UseUrls(Microsoft.AspNetCore.Hosting.WebHostBuilderKestrelExtensions.UseKestrel(builder.WebHost), "http://127.0.0.1:0"));
        var addresses = Server.App.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()!.Addresses;
        _address = new Uri(addresses.Single());
    }

    public HttpClient Visit() => new() { BaseAddress = _address };

    public async Task<HttpClient> SignInKeeperAsync()
    {
        var client = Visit();
        client.DefaultRequestHeaders.Authorization = new("Bearer", Server.MintAccessToken(await Server.CreateUserAsync("staff", "superuser")));
        return client;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>The way of a record through all its verbs, at the addresses that clients know.</summary>
public sealed class RecordWalkTest(CatalogOnKestrel catalog) : IClassFixture<CatalogOnKestrel>
{
    [Theory]
    [InlineData("project")]
    [InlineData("client")]
    [InlineData("nomenklatura")]
    public async Task A_record_is_made_read_replaced_changed_deleted_and_restored(string list)
    {
        using var keeper = await catalog.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        var made = await keeper.PostAsJsonAsync($"/api/v1/{list}/", new JsonObject
        {
            [RecordScene.CodeField(list)] = code, ["name"] = " Toshkent savdo ", ["description"] = "<p onclick='x()'>Bir<script>2</script></p>", ["id"] = 77, ["version"] = 9, ["is_deleted"] = true,
        });
        var body = await made.ReadAsync();
        Assert.Equal((HttpStatusCode.Created, RecordScene.At(list, code)), (made.StatusCode, made.Headers.Location!.ToString()));
        Assert.Equal((code, "Toshkent savdo", "<p>Bir</p>", 1L, false, true), ((string)body[RecordScene.CodeField(list)]!, (string)body["name"]!, (string)body["description"]!, (long)body["version"]!, (bool)body["is_deleted"]!, (bool)body["is_active"]!));

        var at = RecordScene.At(list, code);
        Assert.Equal(body.ToJsonString(), (await keeper.ReadRecordAsync(at)).ToJsonString());
        Assert.Equal(body.ToJsonString(), (await keeper.ReadRecordAsync(at.TrimEnd('/'))).ToJsonString());

        var (status, replaced, tag) = await keeper.SendRecordAsync(HttpMethod.Put, at, new JsonObject { ["name"] = "Samarqand", [RecordScene.CodeField(list)] = "other", ["is_active"] = false });
        Assert.Equal((200, code, "Samarqand", null, false, 2L), (status, (string)replaced[RecordScene.CodeField(list)]!, (string)replaced["name"]!, (string?)replaced["description"], (bool)replaced["is_active"]!, (long)replaced["version"]!));
        Assert.StartsWith("\"2-", tag, StringComparison.Ordinal);
        await keeper.PutAsJsonAsync(at, new { description = "nameless" }).InvalidAsync("name");

        (status, var changed, _) = await keeper.SendRecordAsync(HttpMethod.Patch, at, new { description = "new" });
        Assert.Equal((200, "Samarqand", "new", 3L), (status, (string)changed["name"]!, (string)changed["description"]!, (long)changed["version"]!));
        await keeper.PatchAsJsonAsync(at, new { name = " " }).InvalidAsync("name");

        Assert.Equal(204, (int)(await keeper.DeleteAsync(at)).StatusCode);
        foreach (var asking in new[] { keeper.GetAsync(at), keeper.DeleteAsync(at), keeper.PutAsJsonAsync(at, new { name = "x" }), keeper.PatchAsJsonAsync(at, new { name = "x" }) })
            await asking.RefusedAsync(404, $"{list}_not_found");
        Assert.DoesNotContain(code, (await keeper.ReadRecordAsync($"/api/v1/{list}/?search={code}")).Codes(list));

        (status, var restored, _) = await keeper.SendRecordAsync(HttpMethod.Post, at + "restore/");
        Assert.Equal((200, "Samarqand", false, 5L), (status, (string)restored["name"]!, (bool)restored["is_deleted"]!, (long)restored["version"]!));
        await keeper.PostAsync(at + "restore/", content: null).RefusedAsync(409, "not_deleted");
        Assert.Equal(restored.ToJsonString(), (await keeper.ReadRecordAsync(at)).ToJsonString());
        Assert.Equal([code], (await keeper.ReadRecordAsync($"/api/v1/{list}/?search={code}")).Codes(list));
        await keeper.PostAsync(RecordScene.At(list, "nothing", "restore/"), content: null).RefusedAsync(404, $"{list}_not_found");
    }

    [Theory]
    [InlineData("A.1")]
    [InlineData("НФ-0001/25 (копия)")]
    [InlineData("a/b/c")]
    [InlineData("a%2Fb")]
    [InlineData("a%252fb/%")]
    [InlineData("/restore")]
    [InlineData("x/restore/")]
    [InlineData("restore")]
    [InlineData("../../etc")]
    [InlineData("?a=1&b#c")]
    [InlineData("ўқғҳ\t+ \"'\\")]
    public async Task Any_code_has_an_address(string code)
    {
        using var keeper = await catalog.SignInKeeperAsync();
        var made = await keeper.AddRecordAsync("project", code, name: $"Called {code.Length}");
        Assert.Equal(code, (string)made["code_1c"]!);
        var at = RecordScene.At("project", code);
        Assert.Equal((long)made["id"]!, (long)(await keeper.ReadRecordAsync(at))["id"]!);
        Assert.Equal((long)made["id"]!, (long)(await keeper.ReadRecordAsync(at))["id"]!);
        Assert.Equal([code], (await keeper.ReadRecordAsync($"/api/v1/project/?code_1c={Uri.EscapeDataString(code)}")).Codes("project"));
        Assert.Equal(204, (int)(await keeper.DeleteAsync(at)).StatusCode);
        var (status, restored, _) = await keeper.SendRecordAsync(HttpMethod.Post, at + "restore/");
        Assert.Equal((200, code), (status, (string)restored["code_1c"]!));
        (status, var patched, _) = await keeper.SendRecordAsync(HttpMethod.Patch, at, new { title = "Found" });
        Assert.Equal((200, "Found"), (status, (string)patched["title"]!));
    }

    [Fact]
    public async Task Codes_that_look_the_same_decoded_are_two()
    {
        using var keeper = await catalog.SignInKeeperAsync();
        await keeper.AddRecordAsync("nomenklatura", "same/one", "Slash");
        await keeper.AddRecordAsync("nomenklatura", "same%2Fone", "Percent");
        for (var n = 0; n < 2; n++)
        {
            Assert.Equal("Slash", (string)(await keeper.ReadRecordAsync("/api/v1/nomenklatura/same%2Fone/"))["name"]!);
            Assert.Equal("Slash", (string)(await keeper.ReadRecordAsync("/api/v1/nomenklatura/same%2fone"))["name"]!);
            Assert.Equal("Percent", (string)(await keeper.ReadRecordAsync("/api/v1/nomenklatura/same%252Fone/"))["name"]!);
        }

        await keeper.GetAsync("/api/v1/nomenklatura/same/one/").RefusedAsync(404, "not_found");
    }
}
