using System.Net.Http.Json;
using Maydon.Tests.Events;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog.Images;

/// <summary>Images are for those who may do the same with the record that they are of.</summary>
public sealed class ImageRightsTest(TestServer server) : IClassFixture<TestServer>
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
        var image = await keeper.AddImageAsync(list, code, Pictures.Png());
        var other = list == "client" ? "project" : "client";
        foreach (var right in new[] { "view", "add", "change", "delete", "" })
        {
            string[] rights = [$"catalog.view_{other}", $"catalog.add_{other}", $"catalog.change_{other}", $"catalog.delete_{other}"];
            using var person = await server.SignInAsync(right.Length == 0 ? rights : [.. rights, $"catalog.{right}_{list}"]);
            using var anyone = server.CreateClient();
            foreach (var (method, address, needed, success) in new[]
            {
                (HttpMethod.Get, $"/api/v1/{list}-image/", "view", 200), (HttpMethod.Get, ImageScene.At(list, image), "view", 200), (HttpMethod.Post, $"/api/v1/{list}-image/", "add", 201),
                (HttpMethod.Post, $"/api/v1/{list}-image/bulk-upload/", "add", 201), (HttpMethod.Put, ImageScene.At(list, image), "change", 200),
                (HttpMethod.Patch, ImageScene.At(list, image), "change", 200), (HttpMethod.Delete, ImageScene.At(list, image), "delete", 204),
            })
            {
                var isPublic = needed == "view" && isOpen;
                var before = await server.StoredAsync();
                var status = await SendAsync(person, method, address, list, code);
                Assert.True(status == (isPublic || needed == right ? success : 403), $"{right}: {method} {address}: {status}");
                if (status == 403)
                    Assert.Equal(before, await server.StoredAsync());
                Assert.Equal(isPublic ? 200 : 401, await SendAsync(anyone, method, address, list, code));
                if (status == 204)
                    image = await keeper.AddImageAsync(list, code, Pictures.Png());
            }
        }
    }

    [Fact]
    public async Task What_is_hidden_or_deleted_hides_its_images_too()
    {
        using var keeper = await server.SignInKeeperAsync();
        using var anyone = server.CreateClient();
        var code = RecordScene.NewCode();
        await keeper.AddRecordAsync("project", code);
        var at = ImageScene.At("project", await keeper.AddImageAsync("project", code, Pictures.Png()));
        var listed = $"/api/v1/project-image/?code_1c={code}";
        Assert.Equal((1, 1), (await CountAsync(anyone), await CountAsync(keeper)));

        await keeper.PatchAsJsonAsync(RecordScene.At("project", code), new { is_active = false });
        Assert.Equal((0, 1), (await CountAsync(anyone), await CountAsync(keeper)));
        await anyone.GetAsync(at).RefusedAsync(404, "image_not_found");
        Assert.Equal(200, (int)(await keeper.GetAsync(at)).StatusCode);

        await keeper.DeleteAsync(RecordScene.At("project", code));
        Assert.Equal((0, 0), (await CountAsync(anyone), await CountAsync(keeper)));
        var before = await server.StoredAsync();
        foreach (var asking in new[] { keeper.GetAsync(at), keeper.PatchAsJsonAsync(at, new { note = "x" }), keeper.DeleteAsync(at) })
            await asking.RefusedAsync(404, "image_not_found");
        using (var form = ImageScene.Form(Pictures.Png(), ("project", code)))
            await keeper.PostAsync("/api/v1/project-image/", form).RefusedAsync(404, "project_not_found");
        Assert.Equal(before, await server.StoredAsync());

        await keeper.SendRecordAsync(HttpMethod.Post, RecordScene.At("project", code, "restore/"));
        Assert.Equal((0, 1), (await CountAsync(anyone), await CountAsync(keeper)));
        Assert.Single((await keeper.ReadRecordAsync(RecordScene.At("project", code)))["images"]!.AsArray());
        // One list's image is none of another's.
        await keeper.GetAsync(at.Replace("project", "nomenklatura", StringComparison.Ordinal)).RefusedAsync(404, "image_not_found");
        await keeper.DeleteAsync(at.Replace("project", "client", StringComparison.Ordinal)).RefusedAsync(404, "image_not_found");
        Assert.Equal(before, await server.StoredAsync());

        async Task<int> CountAsync(HttpClient client) => (int)(await client.ReadRecordAsync(listed))["count"]!;
    }

    private static async Task<int> SendAsync(HttpClient client, HttpMethod method, string address, string list, string code)
    {
        using var request = new HttpRequestMessage(method, address);
        if (method != HttpMethod.Get && method != HttpMethod.Delete)
            request.Content = ImageScene.Form(address.Contains("bulk", StringComparison.Ordinal) ? "images" : "image", [Pictures.Png()], (RecordScene.CodeField(list), code));
        using var answer = await client.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
