using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Maydon.Tests.Events;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog.Images;

/// <summary>Whoever sends images, and what is left of them.</summary>
internal static class ImageScene
{
    public static MultipartFormDataContent Form(string fileField, byte[][] files, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
            form.Add(new StringContent(value), name);
        foreach (var file in files)
        {
            var content = new ByteArrayContent(file);
            content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
            form.Add(content, fileField, "x.jpg");
        }

        return form;
    }

    public static MultipartFormDataContent Form(byte[] image, params (string Name, string Value)[] fields) => Form("image", [image], fields);

    /// <summary>201 with this image.</summary>
    public static async Task<JsonNode> AddImageAsync(this HttpClient keeper, string list, string code, byte[] image, params (string Name, string Value)[] fields)
    {
        using var form = Form(image, [(RecordScene.CodeField(list), code), .. fields]);
        using var answer = await keeper.PostAsync($"/api/v1/{list}-image/", form);
        var made = await answer.ReadAsync();
        Assert.True((int)answer.StatusCode == 201, made.ToJsonString());
        Assert.Equal($"/api/v1/{list}-image/{made["id"]}/", answer.Headers.Location?.ToString());
        return made;
    }

    public static string At(string list, JsonNode image) => $"/api/v1/{list}-image/{image["id"]}/";

    public static readonly string[] Addresses = ["image_url", "image_thumbnail_url", "image_sm_url", "image_md_url", "image_lg_url"];

    /// <summary>Rows and files, and who waits for a picture.</summary>
    public static async Task<(long Images, long Rows, int Files)> StoredAsync(this TestServer server) =>
        (await server.ScalarAsync<long>("select count(*) from catalog.images"), await server.ScalarAsync<long>("select count(*) from catalog.files"), server.FilesOnDisk().Count);

    public static IReadOnlyList<string> FilesOnDisk(this TestServer server)
    {
        var directory = Path.Combine(server.DataDir, "media", "catalog");
        return Directory.Exists(directory) ? Directory.GetFiles(directory, "*", SearchOption.AllDirectories) : [];
    }

    public static string FileOf(this TestServer server, string url) => Path.Combine(server.DataDir, url.TrimStart('/'));
}
