using System.Net.Http.Json;
using Maydon.Tests.Events;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog.Images;

/// <summary>Many at once: one main image, one file for one content, none for none.</summary>
public sealed class ImageRaceTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Of_many_that_become_the_main_image_one_is()
    {
        using var keeper = await server.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        await keeper.AddRecordAsync("project", code);
        var images = new List<string>();
        for (var n = 0; n < 8; n++)
            images.Add(ImageScene.At("project", await keeper.AddImageAsync("project", code, Pictures.Png(2, 2))));
        var statuses = await Task.WhenAll(
            images.Select(at => keeper.PatchAsJsonAsync(at, new { is_main = true })).Concat(Enumerable.Range(0, 8).Select(async _ =>
            {
                using var form = ImageScene.Form(Pictures.Png(2, 2), ("code_1c", code), ("is_main", "true"));
                return await keeper.PostAsync("/api/v1/project-image/", form);
            })));
        Assert.All(statuses, answer => Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}"));
        Assert.Equal(1, (int)(await keeper.ReadRecordAsync($"/api/v1/project-image/?code_1c={code}&is_main=true"))["count"]!);
        var shown = (await keeper.ReadRecordAsync(RecordScene.At("project", code)))["images"]!.AsArray();
        Assert.Equal((16, 1), (shown.Count, shown.Count(image => (bool)image!["is_main"]!)));
        await server.VerifyAsync();
        // What the test rests on: two of them are not to be had by any way.
        var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => server.ExecuteAsync("update catalog.images set is_main = true where record_id = (select id from catalog.projects where code = $1)", code));
        Assert.Equal("images_main", refusal.ConstraintName);
    }

    [Fact]
    public async Task One_content_is_one_file_as_long_as_it_is_used_however_many_add_and_delete_it()
    {
        using var keeper = await server.SignInKeeperAsync();
        var codes = Enumerable.Range(0, 6).Select(_ => RecordScene.NewCode()).ToList();
        foreach (var code in codes)
            await keeper.AddRecordAsync("nomenklatura", code);
        var picture = Pictures.Png();
        var files = await server.ScalarAsync<long>("select count(*) from catalog.files");

        // Each adds and deletes it again and again: first and last uses meet.
        await Task.WhenAll(codes.Select(async code =>
        {
            for (var n = 0; n < 12; n++)
            {
                var image = await keeper.AddImageAsync("nomenklatura", code, picture);
                Assert.Equal(204, (int)(await keeper.DeleteAsync(ImageScene.At("nomenklatura", image))).StatusCode);
            }
        }));
        Assert.Equal(files, await server.ScalarAsync<long>("select count(*) from catalog.files"));
        await server.VerifyAsync();

        var kept = await Task.WhenAll(codes.Select(code => keeper.AddImageAsync("nomenklatura", code, picture)));
        var url = Assert.Single(kept.Select(image => (string)image["image_url"]!).Distinct());
        await Task.WhenAll(kept[1..].Select(image => keeper.DeleteAsync(ImageScene.At("nomenklatura", image))));
        using var anyone = server.CreateClient();
        Assert.Equal(picture, await anyone.GetByteArrayAsync(url));
        await keeper.DeleteAsync(ImageScene.At("nomenklatura", kept[0]));
        await anyone.GetAsync(url).RefusedAsync(404, "not_found");
        await server.VerifyAsync();
        Assert.Equal(await server.ScalarAsync<long>("select count(*) from catalog.files"), server.FilesOnDisk().Count);
    }

    [Fact]
    public async Task An_idempotency_key_adds_an_image_once()
    {
        using var keeper = await server.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        await keeper.AddRecordAsync("project", code);
        var picture = Pictures.Png();
        var bodies = new List<string>();
        for (var n = 0; n < 2; n++)
        {
            using var form = new MultipartFormDataContent { { new StringContent(code), "code_1c" }, { new ByteArrayContent(picture), "image", "x.png" } };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/project-image/") { Content = form };
            request.Headers.Add("Idempotency-Key", code);
            using var answer = await keeper.SendAsync(request);
            Assert.Equal(201, (int)answer.StatusCode);
            bodies.Add(await answer.Content.ReadAsStringAsync());
        }

        // Parted by another text each time, and yet the same; another picture is not.
        Assert.Equal(bodies[0], bodies[1]);
        using (var form = new MultipartFormDataContent { { new StringContent(code), "code_1c" }, { new ByteArrayContent(Pictures.Png()), "image", "x.png" } })
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/project-image/") { Content = form })
        {
            request.Headers.Add("Idempotency-Key", code);
            await keeper.SendAsync(request).RefusedAsync(422, "idempotency_key_reused");
        }

        Assert.Equal(1, (int)(await keeper.ReadRecordAsync($"/api/v1/project-image/?code_1c={code}"))["count"]!);
        await server.VerifyAsync();
    }

    [Fact]
    public async Task Verify_sees_files_that_are_lost_and_records_that_show_others()
    {
        using var keeper = await server.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        await keeper.AddRecordAsync("client", code);
        var picture = Pictures.Png();
        var image = await keeper.AddImageAsync("client", code, picture);
        var file = server.FileOf((string)image["image_url"]!);
        await File.WriteAllBytesAsync(file, picture[..^1]);
        Assert.Single(await server.FindDriftsAsync());
        File.Delete(file);
        Assert.Single(await server.FindDriftsAsync());
        // Who sends it again mends it.
        var again = await keeper.AddImageAsync("client", code, picture);
        Assert.Equal((string)image["image_url"]!, (string)again["image_url"]!);
        Assert.Empty(await server.FindDriftsAsync());
        await server.ExecuteAsync("begin; select catalog.wait_for_turn(); update catalog.images set note = 'by hand' where id = (select max(id) from catalog.images); commit");
        Assert.Single(await server.FindDriftsAsync());
        await server.ExecuteAsync("begin; select catalog.wait_for_turn(); update catalog.images set note = null where id = (select max(id) from catalog.images); commit");
        await server.VerifyAsync();
    }
}
