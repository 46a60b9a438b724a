using System.Security.Cryptography;
using Maydon.Kernel.Drawing;
using Maydon.Tests.Events;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog.Images;

/// <summary>How much may be sent is the server's own doing: it is asked on a real socket.</summary>
public sealed class ImageSizeTest(CatalogOnKestrel catalog) : IClassFixture<CatalogOnKestrel>
{
    [Fact]
    public async Task Ten_megabytes_pass_and_eleven_do_not_and_many_have_fifty()
    {
        using var keeper = await catalog.SignInKeeperAsync();
        var code = RecordScene.NewCode();
        await keeper.AddRecordAsync("project", code);
        // What cannot be folded any smaller.
        var large = PngFile.Encode(RandomNumberGenerator.GetBytes(1815 * 1815 * 3), 1815, 1815);
        Assert.InRange(large.Length, 10_300_000, 10 << 20);
        Assert.Equal(201, (int)(await SendAsync("", ImageScene.Form(large, ("code_1c", code)))).StatusCode);
        await SendAsync("", ImageScene.Form([.. large, .. new byte[1 << 20]], ("code_1c", code))).RefusedAsync(413, "payload_too_large");
        Assert.Equal(201, (int)(await SendAsync("bulk-upload/", ImageScene.Form("images", [large, large, large, large], ("code_1c", code)))).StatusCode);
        await SendAsync("bulk-upload/", ImageScene.Form("images", [large, large, large, large, large, large], ("code_1c", code))).RefusedAsync(413, "payload_too_large");
        Assert.Equal((5L, 1L, 1), await catalog.Server.StoredAsync());

        async Task<HttpResponseMessage> SendAsync(string suffix, HttpContent form)
        {
            // Whoever sends much asks first.
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/api/v1/project-image/{suffix}", UriKind.Relative)) { Content = form };
            request.Headers.ExpectContinue = true;
            return await keeper.SendAsync(request);
        }
    }
}
