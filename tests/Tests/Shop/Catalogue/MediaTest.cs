using System.Net;
using Maydon.Tests.Events;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Catalogue;

/// <summary>Pictures, and nothing else that may lie beside them.</summary>
public sealed class MediaTest(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("a.png", "image/png")]
    [InlineData("products/b-1_2.jpg", "image/jpeg")]
    [InlineData("products/deep/c.webp", "image/webp")]
    public async Task A_picture_is_served_as_what_it_is_and_may_be_kept(string path, string type)
    {
        Place(path);
        using var client = server.CreateClient();
        using var answer = await client.GetAsync($"/media/{path}");
        Assert.Equal((HttpStatusCode.OK, type, "picture"), (answer.StatusCode, answer.Content.Headers.ContentType?.ToString(), await answer.Content.ReadAsStringAsync()));
        Assert.Equal(["immutable", "max-age=31536000", "public"], answer.Headers.GetValues("Cache-Control").SelectMany(value => value.Split(", ")).Order());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Empty(answer.Headers.Vary);

        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/media/{path}"));
        Assert.Equal((HttpStatusCode.OK, 7, answer.Headers.ETag), (head.StatusCode, head.Content.Headers.ContentLength, head.Headers.ETag));
        using var again = new HttpRequestMessage(HttpMethod.Get, $"/media/{path}") { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(again)).StatusCode);
        using var part = new HttpRequestMessage(HttpMethod.Get, $"/media/{path}") { Headers = { Range = new(0, 3) } };
        using var partial = await client.SendAsync(part);
        Assert.Equal((HttpStatusCode.PartialContent, "pict"), (partial.StatusCode, await partial.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("products/")]
    [InlineData("products")]
    [InlineData("none.png")]
    [InlineData("page.html")]
    [InlineData("picture.svg")]
    [InlineData("picture.PNG")]
    [InlineData("secret")]
    [InlineData("../secret")]
    [InlineData("..%2fsecret.png")]
    [InlineData("..%5csecret.png")]
    [InlineData("%2e%2e/secret.png")]
    [InlineData("products/../../secret.png")]
    [InlineData("products/..%2f..%2fsecret.png")]
    [InlineData(".hidden.png")]
    [InlineData("a.png/")]
    [InlineData("a.png%0a")]
    [InlineData("/etc/passwd.png")]
    [InlineData("a.b.png")]
    public async Task Everything_else_is_not_there(string path)
    {
        Place("a.png");
        foreach (var name in new[] { "page.html", "picture.svg", ".hidden.png", "a.b.png" })
            Place(name);
        await File.WriteAllTextAsync(Path.Combine(server.DataDir, "secret.png"), "secret");
        using var client = server.CreateClient();
        using var answer = await client.GetAsync($"/media/{path}");
        // With a slash behind it, it is the same address.
        if (path == "a.png/" && answer.StatusCode == HttpStatusCode.OK)
            return;
        Assert.Equal((404, "not_found"), ((int)answer.StatusCode, (string)(await answer.ReadAsync())["code"]!));
    }

    private void Place(string path)
    {
        var file = Path.Combine(server.DataDir, "media", path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        if (!File.Exists(file))
            File.WriteAllText(file, "picture");
    }
}
