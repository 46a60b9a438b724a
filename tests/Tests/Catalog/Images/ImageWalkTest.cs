using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Maydon.Tests.Events;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog.Images;

/// <summary>The way of an image through all its verbs, and what is refused on the way.</summary>
public sealed class ImageWalkTest(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("project")]
    [InlineData("client")]
    [InlineData("nomenklatura")]
    public async Task An_image_is_added_read_changed_replaced_and_deleted(string list)
    {
        using var keeper = await server.SignInKeeperAsync();
        var code = $"{RecordScene.NewCode()} / ў";
        var record = await keeper.AddRecordAsync(list, code);
        var png = Pictures.Png();
        var made = await keeper.AddImageAsync(list, code, png, ("is_main", "true"), ("category", " front "), ("note", ""), ("id", "7"), ("image_url", "/x"));
        Assert.Equal(((long)record["id"]!, code, true, "front", null, 0, 40, 20, 1L), (
            (long)made[list]!, (string)made[RecordScene.CodeField(list)]!, (bool)made["is_main"]!, (string)made["category"]!, (string?)made["note"], (int)made["position"]!,
            (int)made["width"]!, (int)made["height"]!, (long)made["version"]!));
        var at = ImageScene.At(list, made);
        Assert.Equal(made.ToJsonString(), (await keeper.ReadRecordAsync(at)).ToJsonString());
        Assert.Equal(made.ToJsonString(), (await keeper.ReadRecordAsync($"/api/v1/{list}-image/?{list}={Uri.EscapeDataString(code)}"))["results"]![0]!.ToJsonString());
        using var anyone = server.CreateClient();
        foreach (var address in ImageScene.Addresses)
        {
            using var file = await anyone.GetAsync((string)made[address]!);
            Assert.Equal((200, "image/png", address == "image_url" ? "public, max-age=31536000, immutable" : "public, max-age=60"), ((int)file.StatusCode, file.Content.Headers.ContentType?.ToString(), Caching(file)));
            Assert.Equal(png, await file.Content.ReadAsByteArrayAsync());
            Assert.Equal("nosniff", file.Headers.GetValues("X-Content-Type-Options").Single());
        }

        // Nested, with a version, a time and a history of the record.
        var whole = await keeper.ReadRecordAsync(RecordScene.At(list, code));
        Assert.Equal(2, (long)whole["version"]!);
        AssertShows(made, Assert.Single(whole["images"]!.AsArray())!);
        Assert.Equal(whole.ToJsonString(), (await keeper.ReadRecordAsync($"/api/v1/{list}/?{RecordScene.CodeField(list)}={Uri.EscapeDataString(code)}"))["results"]![0]!.ToJsonString());
        var change = (await keeper.ReadRecordAsync(RecordScene.At(list, code, "history/")))["results"]![0]!;
        Assert.Equal(("updated", "api"), ((string)change["kind"]!, (string)change["way"]!));
        Assert.NotNull(change["changed_by"]);
        AssertShows(made, change["fields"]!["images"]![1]![0]!);

        var (status, changed, tag) = await keeper.SendRecordAsync(HttpMethod.Patch, at, new { note = "seen", position = 5 });
        Assert.Equal((200, "front", "seen", 5, true, 2L), (status, (string)changed["category"]!, (string)changed["note"]!, (int)changed["position"]!, (bool)changed["is_main"]!, (long)changed["version"]!));
        Assert.Equal((200, 2L), await PatchAsync(keeper, at, new { note = "seen" }));
        Assert.Equal(412, (await keeper.SendRecordAsync(HttpMethod.Patch, at, new { note = "late" }, ifMatch: "\"1\"")).Status);
        Assert.Equal(200, (await keeper.SendRecordAsync(HttpMethod.Patch, at, new { note = "in time" }, ifMatch: tag)).Status);
        Assert.Equal(3, (long)(await keeper.ReadRecordAsync(at))["version"]!);

        var other = Pictures.Jpeg(16, 24);
        using (var form = ImageScene.Form(other, ("category", "back")))
        using (var answer = await keeper.PutAsync(at, form))
            changed = await answer.ReadAsync();
        Assert.Equal(("back", null, false, 16, 24, 4L), ((string)changed["category"]!, (string?)changed["note"], (bool)changed["is_main"]!, (int)changed["width"]!, (int)changed["height"]!, (long)changed["version"]!));
        Assert.Equal(other, await anyone.GetByteArrayAsync((string)changed["image_url"]!));
        await anyone.GetAsync((string)made["image_url"]!).RefusedAsync(404, "not_found");
        Assert.False(File.Exists(server.FileOf((string)made["image_url"]!)));
        using (var form = ImageScene.Form("image", []))
        {
            form.Add(new StringContent("x"), "note");
            await keeper.PutAsync(at, form).InvalidAsync("image");
        }

        Assert.Equal(204, (int)(await keeper.DeleteAsync(at)).StatusCode);
        foreach (var asking in new[] { keeper.GetAsync(at), keeper.DeleteAsync(at), keeper.PatchAsJsonAsync(at, new { note = "x" }) })
            await asking.RefusedAsync(404, "image_not_found");
        Assert.False(File.Exists(server.FileOf((string)changed["image_url"]!)));
        whole = await keeper.ReadRecordAsync(RecordScene.At(list, code));
        Assert.Equal((0, 6L), (whole["images"]!.AsArray().Count, (long)whole["version"]!));
    }

    [Fact]
    public async Task A_record_is_called_by_its_code_or_its_id()
    {
        using var keeper = await server.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        var id = (long)(await keeper.AddRecordAsync("nomenklatura", code))["id"]!;
        foreach (var (field, value) in new[] { ("nomenklatura", $"{id}"), ("nomenklatura", code), ("code_1c", code), ("code", code) })
        {
            using var form = ImageScene.Form(Pictures.Png(), (field, value));
            Assert.Equal(201, (int)(await keeper.PostAsync("/api/v1/nomenklatura-image/", form)).StatusCode);
        }

        var images = (await keeper.ReadRecordAsync(RecordScene.At("nomenklatura", code)))["images"]!.AsArray();
        Assert.Equal([0, 1, 2, 3], images.Select(image => (int)image!["position"]!));
        foreach (var (field, value) in new[] { ("nomenklatura", "0"), ("code_1c", $"{id}"), ("code", "none") })
        {
            using var form = ImageScene.Form(Pictures.Png(), (field, value));
            await keeper.PostAsync("/api/v1/nomenklatura-image/", form).RefusedAsync(404, "nomenklatura_not_found");
        }
    }

    [Fact]
    public async Task Lists_are_filtered_searched_and_ordered()
    {
        using var keeper = await server.SignInKeeperAsync();
        var (one, two, none) = (RecordScene.NewCode(), RecordScene.NewCode(), RecordScene.NewCode());
        foreach (var code in new[] { one, two, none })
            await keeper.AddRecordAsync("project", code, name: $"Filtered {code}");
        var main = await keeper.AddImageAsync("project", one, Pictures.Png(), ("is_main", "1"), ("category", "Front"));
        var side = await keeper.AddImageAsync("project", one, Pictures.Png(), ("note", "Side"), ("position", "9"));
        var other = await keeper.AddImageAsync("project", two, Pictures.Png(), ("is_main", "on"));
        foreach (var (query, expected) in new (string, JsonNode[])[]
        {
            ($"project={one}", [side, main]), ($"code_1c={one}&ordering=id", [main, side]), ($"project={one}&is_main=true", [main]), ($"project={one}&is_main=false", [side]),
            ($"project={one}&category=front", [main]), ($"project={one}&note=SIDE", [side]), ($"project={one}&position=9", [side]), ($"search={one}&ordering=-position", [side, main]),
            ($"search=filtered {two}", [other]), ($"id={side["id"]}", [side]), ($"project={one}&created_from=2099-01-01", []), ("code_1c=none", []),
        })
        {
            var page = await keeper.ReadRecordAsync($"/api/v1/project-image/?{query}");
            Assert.Equal(expected.Select(image => (long)image["id"]!), page["results"]!.AsArray().Select(image => (long)image!["id"]!));
            Assert.Equal(expected.Length, (long)page["count"]!);
        }

        Assert.Equal([two, one], (await keeper.ReadRecordAsync("/api/v1/project/?search=filtered&has_images=true")).Codes("project"));
        Assert.Equal([none], (await keeper.ReadRecordAsync("/api/v1/project/?search=filtered&has_images=false")).Codes("project"));
        await keeper.GetAsync("/api/v1/project-image/?ordering=image_url").RefusedAsync(400, "invalid_ordering");
        await keeper.GetAsync("/api/v1/project-image/?is_main=perhaps").InvalidAsync("is_main");
    }

    [Theory]
    [InlineData("page", 400, "image_unsupported")]
    [InlineData("svg", 400, "image_unsupported")]
    [InlineData("large file", 413, "payload_too_large")]
    [InlineData("bomb", 400, "image_damaged")]
    [InlineData("square bomb", 400, "image_too_large")]
    [InlineData("truncated jpeg", 400, "image_damaged")]
    [InlineData("truncated png", 400, "image_damaged")]
    [InlineData("truncated gif", 400, "image_damaged")]
    [InlineData("truncated webp", 400, "image_damaged")]
    [InlineData("moving bomb", 400, "image_too_large")]
    public async Task What_is_no_sound_image_is_refused_and_leaves_nothing(string what, int status, string code)
    {
        var file = what switch
        {
            "page" => Encoding.UTF8.GetBytes("<!doctype html><script>alert(1)</script>"),
            "svg" => Encoding.UTF8.GetBytes("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
            "large file" => [.. Pictures.Png(), .. new byte[11 << 20]],
            "bomb" => Pictures.Zeros(10, 10, 100_000_000),
            "square bomb" => Pictures.Zeros(50_000, 50_000, 1_000_000),
            "truncated jpeg" => Pictures.Jpeg(64, 64)[..^3],
            "truncated png" => Pictures.Png()[..^12],
            "truncated gif" => Pictures.Gif[..^1],
            "truncated webp" => Pictures.Webp[..^2],
            _ => Pictures.MovingGif(1_001, 10, 10),
        };
        using var keeper = await server.SignInKeeperAsync();
        var record = RecordScene.NewCode();
        await keeper.AddRecordAsync("nomenklatura", record);
        var image = await keeper.AddImageAsync("nomenklatura", record, Pictures.Png());
        var before = await server.StoredAsync();
        using (var form = ImageScene.Form(file, ("code_1c", record)))
            await keeper.PostAsync("/api/v1/nomenklatura-image/", form).RefusedAsync(status, code);
        using (var form = ImageScene.Form(file))
            await keeper.PatchAsync(ImageScene.At("nomenklatura", image), form).RefusedAsync(status, code);
        using (var form = ImageScene.Form("images", [Pictures.Png(), file], ("code_1c", record)))
        {
            var problem = await keeper.PostAsync("/api/v1/nomenklatura-image/bulk-upload/", form).RefusedAsync(status, code);
            Assert.Equal(status == 400 ? 1 : null, (int?)problem["index"]);
        }

        Assert.Equal(before, await server.StoredAsync());
        Assert.Equal(2, (long)(await keeper.ReadRecordAsync(RecordScene.At("nomenklatura", record)))["version"]!);
    }

    [Fact]
    public async Task Many_are_added_all_or_none()
    {
        using var keeper = await server.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        await keeper.AddRecordAsync("client", code);
        const string bulk = "/api/v1/client-image/bulk-upload/";
        using (var form = ImageScene.Form("images", [Pictures.Png(), Pictures.Jpeg(8, 8), Pictures.Gif, Pictures.Webp], ("client_code_1c", code)))
        using (var answer = await keeper.PostAsync(bulk, form))
        {
            var body = await answer.ReadAsync();
            Assert.Equal((201, 4), ((int)answer.StatusCode, body["images"]!.AsArray().Count));
            Assert.NotEmpty((string)body["message"]!);
            Assert.Equal([".png", ".jpg", ".gif", ".webp"], body["images"]!.AsArray().Select(image => Path.GetExtension((string)image!["image_url"]!)));
        }

        var before = await server.StoredAsync();
        using (var form = ImageScene.Form("images", [Pictures.Png()], ("client_code_1c", "none")))
            await keeper.PostAsync(bulk, form).RefusedAsync(404, "client_not_found");
        using (var form = ImageScene.Form("images", [], ("client_code_1c", code)))
            await keeper.PostAsync(bulk, form).InvalidAsync("images");
        using (var form = ImageScene.Form("image", [Pictures.Png()], ("client_code_1c", code)))
            await keeper.PostAsync(bulk, form).InvalidAsync("images");
        using (var form = ImageScene.Form("images", [Pictures.Png()]))
            await keeper.PostAsync(bulk, form).InvalidAsync("client_code_1c");
        using (var form = ImageScene.Form("images", [.. Enumerable.Range(0, 21).Select(_ => Pictures.Png(2, 2))], ("client_code_1c", code)))
            await keeper.PostAsync(bulk, form).InvalidAsync("images");
        await keeper.PostAsJsonAsync(bulk, new { client_code_1c = code }).RefusedAsync(415, "unsupported_media_type");
        using (var broken = new StringContent("--x\r\nContent-Disposition: form-data; name=\"images\"; filename=\"a\"\r\n\r\nabc", Encoding.UTF8))
        {
            broken.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
            await keeper.PostAsync(bulk, broken).RefusedAsync(400, "malformed");
        }

        Assert.Equal(before, await server.StoredAsync());

        for (var n = 0; n < 4; n++)
        {
            using var form = ImageScene.Form("images", [.. Enumerable.Range(0, 20).Select(_ => Pictures.Png(2, 2))], ("client_code_1c", code));
            Assert.Equal(201, (int)(await keeper.PostAsync(bulk, form)).StatusCode);
        }

        before = await server.StoredAsync();
        using (var form = ImageScene.Form("images", [.. Enumerable.Range(0, 17).Select(_ => Pictures.Png(2, 2))], ("client_code_1c", code)))
            await keeper.PostAsync(bulk, form).RefusedAsync(409, "too_many_images");
        Assert.Equal(before, await server.StoredAsync());
    }

    [Fact]
    public async Task What_is_said_of_an_image_is_checked()
    {
        using var keeper = await server.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        await keeper.AddRecordAsync("project", code);
        var image = await keeper.AddImageAsync("project", code, Pictures.Png());
        var before = await server.StoredAsync();
        using (var form = ImageScene.Form(Pictures.Png(), ("code_1c", code), ("is_main", "perhaps"), ("position", "-1"), ("category", new string('x', 101)), ("note", new string('x', 1001))))
            await keeper.PostAsync("/api/v1/project-image/", form).InvalidAsync("is_main", "category", "note", "position");
        using (var form = ImageScene.Form("image", [], ("code_1c", code)))
            await keeper.PostAsync("/api/v1/project-image/", form).InvalidAsync("image");
        using (var form = ImageScene.Form(Pictures.Png(), ("note", "a\0b"), ("code_1c", code)))
            await keeper.PostAsync("/api/v1/project-image/", form).InvalidAsync("note");
        foreach (var body in new[] { "{\"position\":\"x\"}", "{\"is_main\":5}", "{\"note\":\"\\u0000\"}", "[]", "null", "{" })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await keeper.PatchAsync(ImageScene.At("project", image), content);
            Assert.Equal(400, (int)answer.StatusCode);
        }

        Assert.Equal(before, await server.StoredAsync());
        Assert.Equal(image.ToJsonString(), (await keeper.ReadRecordAsync(ImageScene.At("project", image))).ToJsonString());
    }

    private static void AssertShows(JsonNode image, JsonNode shown)
    {
        foreach (var field in new[] { "id", "is_main", "category", "note", "position", "width", "height" }.Concat(ImageScene.Addresses))
            Assert.Equal(image[field]?.ToJsonString(), shown[field]?.ToJsonString());
    }

    private static async Task<(int Status, long Version)> PatchAsync(HttpClient client, string at, object body)
    {
        var (status, changed, _) = await client.SendRecordAsync(HttpMethod.Patch, at, body);
        return (status, (long)changed["version"]!);
    }

    private static string Caching(HttpResponseMessage answer) => string.Join(", ", answer.Headers.GetValues("Cache-Control"));
}
