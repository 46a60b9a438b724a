using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Maydon.Catalog.Images.Files;
using Maydon.Catalog.Images.Variants;
using Maydon.Kernel.Operations;
using Maydon.Tests.Events;
using Maydon.Tests.Support;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Maydon.Tests.Catalog.Images;

/// <summary>A server whose program can be taken away and replaced.</summary>
public sealed class ServerWithThumbnails(TestPostgres postgres) : IAsyncLifetime
{
    private readonly string _programs = Directory.CreateTempSubdirectory("maydon-programs-").FullName;

    public TestServer Server { get; } = new(postgres);

    public async ValueTask InitializeAsync() =>
        await Server.StartAsync(customise: builder => builder.Services.Replace(ServiceDescriptor.Singleton(new Vipsthumbnail(_programs))));

    /// <summary>The real one.</summary>
    public void Install()
    {
        Uninstall();
        File.CreateSymbolicLink(Path.Combine(_programs, "vipsthumbnail"), Find("vipsthumbnail"));
    }

    /// <summary>One that does this instead.</summary>
    public void Install(string script)
    {
        Uninstall();
        var file = Path.Combine(_programs, "vipsthumbnail");
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Uninstall() => File.Delete(Path.Combine(_programs, "vipsthumbnail"));

    public static string Find(string name) => Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(directory => Path.Combine(directory, name)).First(File.Exists);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(_programs, recursive: true);
    }
}

/// <summary>The variants, with the program and without it.</summary>
public sealed class ImageVariantsTest(ServerWithThumbnails thumbnails) : IClassFixture<ServerWithThumbnails>
{
    private static readonly string[] s_variants = ImageScene.Addresses[1..];

    private TestServer Server => thumbnails.Server;

    [Fact]
    public async Task Five_addresses_have_the_right_sizes_and_stand_upright()
    {
        using var keeper = await Server.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        await keeper.AddRecordAsync("nomenklatura", code);
        var wide = await keeper.AddImageAsync("nomenklatura", code, Pictures.Png(1600, 400));
        var onItsSide = await keeper.AddImageAsync("nomenklatura", code, Pictures.Jpeg(1600, 800, orientation: 6, withPlace: true));
        var small = await keeper.AddImageAsync("nomenklatura", code, Pictures.Png(200, 100));
        var gif = await keeper.AddImageAsync("nomenklatura", code, Pictures.Gif);
        var webp = await keeper.AddImageAsync("nomenklatura", code, Pictures.Webp);
        Assert.Equal((800, 1600), ((int)onItsSide["width"]!, (int)onItsSide["height"]!));

        // Without the program nothing is tried and nothing is lost.
        thumbnails.Uninstall();
        await Server.RunJobAsync<MakeVariants>();
        Assert.Equal(0, await Server.ScalarAsync<int>("select max(attempts) from catalog.files"));
        Assert.Equal(await GetAsync(wide, "image_url"), await GetAsync(wide, "image_sm_url"));
        Assert.Equal(CheckStatus.Failed, (await CheckAsync("catalog.vipsthumbnail")).Result.Status);

        thumbnails.Install();
        Assert.Equal(CheckStatus.Passed, (await CheckAsync("catalog.vipsthumbnail")).Result.Status);
        await Server.RunJobAsync<MakeVariants>();
        Assert.Equal(["150x38", "300x75", "600x150", "1200x300"], await SizesAsync(wide));
        Assert.Equal(["75x150", "150x300", "300x600", "600x1200"], await SizesAsync(onItsSide));
        Assert.Equal(["150x75", "200x100", "200x100", "200x100"], await SizesAsync(small));
        Assert.Equal(["1x1", "1x1", "1x1", "1x1"], await SizesAsync(gif));
        Assert.Equal(["1x1", "1x1", "1x1", "1x1"], await SizesAsync(webp));
        foreach (var address in ImageScene.Addresses)
        {
            Assert.DoesNotContain(Pictures.Secret, System.Text.Encoding.Latin1.GetString(await GetAsync(onItsSide, address)), StringComparison.Ordinal);
            using var anyone = Server.CreateClient();
            using var answer = await anyone.GetAsync((string)onItsSide[address]!);
            Assert.Equal("public, max-age=31536000, immutable", string.Join(", ", answer.Headers.GetValues("Cache-Control")));
        }

        Assert.Equal(0, await Server.ScalarAsync<long>("select count(*) from catalog.files where variants <> 'made' or error is not null"));
        foreach (var image in new[] { wide, onItsSide, small, gif, webp })
            Assert.Equal(204, (int)(await keeper.DeleteAsync(ImageScene.At("nomenklatura", image))).StatusCode);
        Assert.Equal((0, 0, 0), await Server.StoredAsync());
    }

    [Fact]
    public async Task A_program_that_fails_is_tried_again_later_and_given_up_in_the_end()
    {
        using var keeper = await Server.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        await keeper.AddRecordAsync("project", code);
        var picture = Pictures.Png();
        var image = await keeper.AddImageAsync("project", code, picture);
        thumbnails.Install("echo no such colour >&2; exit 1");
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            await Server.RunJobAsync<MakeVariants>();
            await Server.RunJobAsync<MakeVariants>();
            Assert.Equal((attempt, attempt == 5 ? "dead" : "due"), (await Server.ScalarAsync<int>("select attempts from catalog.files"), await Server.ScalarAsync<string>("select variants from catalog.files")));
            Server.Clock.Advance(TimeSpan.FromHours(1));
        }

        var told = await CheckAsync("catalog.image-variants");
        Assert.Equal(CheckStatus.Failed, told.Result.Status);
        Assert.Contains("no such colour", told.Result.Found, StringComparison.Ordinal);
        Assert.Equal(picture, await GetAsync(image, "image_lg_url"));

        thumbnails.Install();
        await Server.RunJobAsync<MakeVariants>();
        Assert.Equal("dead", await Server.ScalarAsync<string>("select variants from catalog.files"));
        // The token has not outlived that.
        using var keeperStill = await Server.SignInKeeperAsync();
        // Whoever sends the same picture to the same image gets it tried again, though nothing of the image changes.
        using (var form = ImageScene.Form(picture))
        using (var same = await keeperStill.PutAsync(ImageScene.At("project", image), form))
            Assert.Equal((200, (long)image["version"]!), ((int)same.StatusCode, (long)System.Text.Json.Nodes.JsonNode.Parse(await same.Content.ReadAsStringAsync())!["version"]!));
        Assert.Equal("due", await Server.ScalarAsync<string>("select variants from catalog.files"));
        await Server.ExecuteAsync("update catalog.files set variants = 'dead', attempts = 5, error = 'x'");
        var again = await keeperStill.AddImageAsync("project", code, picture);
        await Server.RunJobAsync<MakeVariants>();
        Assert.Equal(["40x20", "40x20", "40x20", "40x20"], await SizesAsync(again));
        Assert.Equal(CheckStatus.Passed, (await CheckAsync("catalog.image-variants")).Result.Status);
        foreach (var one in new[] { image, again })
            await keeperStill.DeleteAsync(ImageScene.At("project", one));
    }

    [Fact]
    public async Task Work_that_a_kill_interrupted_is_taken_up_again_and_the_program_knows_nothing_of_ours()
    {
        using var keeper = await Server.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        await keeper.AddRecordAsync("client", code);
        var image = await keeper.AddImageAsync("client", code, Pictures.Png());
        // Somebody took it and was killed.
        await Server.ExecuteAsync("update catalog.files set attempts = 1, due_at = $1", Server.Clock.GetUtcNow().AddMinutes(3).UtcDateTime);
        thumbnails.Install();
        await Server.RunJobAsync<MakeVariants>();
        Assert.Equal("due", await Server.ScalarAsync<string>("select variants from catalog.files"));
        Server.Clock.Advance(TimeSpan.FromMinutes(4));
        thumbnails.Install("env > environment.part; ulimit -v >> environment.part; exit 1");
        await Server.RunJobAsync<MakeVariants>();
        var said = await File.ReadAllLinesAsync(Path.Combine(Path.GetDirectoryName(Server.FileOf((string)image["image_url"]!))!, "environment.part"));
        Assert.All(said.Where(line => line.Contains('=', StringComparison.Ordinal)), line => Assert.Contains(line.Split('=')[0], new[] { "PATH", "LC_ALL", "VIPS_BLOCK_UNTRUSTED", "VIPS_CONCURRENCY", "PWD", "OLDPWD", "_", "SHLVL" }));
        Assert.Equal("1464843", said[^1]);
        File.Delete(Path.Combine(Path.GetDirectoryName(Server.FileOf((string)image["image_url"]!))!, "environment.part"));
        Server.Clock.Advance(TimeSpan.FromHours(1));
        thumbnails.Install();
        await Server.RunJobAsync<MakeVariants>();
        Assert.Equal("made", await Server.ScalarAsync<string>("select variants from catalog.files"));

        // What nobody knows goes after an hour; what somebody does stays.
        var strays = new[] { "incoming/abc.part", "ab/abcdef.png", "ab/abcdef-150.png" };
        foreach (var stray in strays)
        {
            var file = Path.Combine(Server.DataDir, "media", "catalog", stray);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, "stray");
        }

        await AgeAsync(minutes: 50);
        Assert.Equal(5 + strays.Length, Server.FilesOnDisk().Count);
        await AgeAsync(minutes: 70);
        Assert.Equal(5, Server.FilesOnDisk().Count);
        using var keeperStill = await Server.SignInKeeperAsync();
        await keeperStill.DeleteAsync(ImageScene.At("client", image));
        Assert.Equal((0, 0, 0), await Server.StoredAsync());

        async Task AgeAsync(int minutes)
        {
            foreach (var stray in strays)
                File.SetLastWriteTimeUtc(Path.Combine(Server.DataDir, "media", "catalog", stray), Server.Clock.GetUtcNow().AddMinutes(-minutes).UtcDateTime);
            await Server.RunJobAsync<RemoveStrayFiles>();
        }
    }

    private async Task<byte[]> GetAsync(JsonNode image, string address)
    {
        using var anyone = Server.CreateClient();
        return await anyone.GetByteArrayAsync((string)image[address]!);
    }

    private async Task<CheckOutcome> CheckAsync(string code) =>
        Assert.Single(await Server.App.Services.GetRequiredService<CheckCatalogue>().RunAsync(check => check.Code == code, TestContext.Current.CancellationToken));

    /// <summary>As the program that reads headers sees what the addresses answer with.</summary>
    private async Task<List<string>> SizesAsync(JsonNode image)
    {
        var sizes = new List<string>();
        foreach (var address in s_variants)
        {
            var file = Path.Combine(Server.DataDir, $"seen{Path.GetExtension((string)image[address]!)}");
            await File.WriteAllBytesAsync(file, await GetAsync(image, address));
            sizes.Add($"{await HeaderAsync(file, "width")}x{await HeaderAsync(file, "height")}");
        }

        return sizes;
    }

    private static async Task<int> HeaderAsync(string file, string field)
    {
        using var process = Process.Start(new ProcessStartInfo(ServerWithThumbnails.Find("vipsheader"), ["-f", field, file]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return int.Parse(said, CultureInfo.InvariantCulture);
    }
}
