using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Maydon.Running;
using Maydon.Kernel.Drawing;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Demo;

/// <summary>What <c>demo</c> makes of the shop.</summary>
public sealed class DemoShopTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_small_believable_shop_is_made_once()
    {
        var lines = await DemoLoader.LoadAsync(server.App.Services, CancellationToken.None);

        Assert.Contains(lines, line => line.StartsWith("Demo shop          63 products in 199 variants, with ", StringComparison.Ordinal));
        Assert.Equal((63, 199, 18, 3), (await CountAsync("products"), await CountAsync("variants"), await CountAsync("categories"), await CountAsync("attributes")));
        Assert.Equal(0, await CountAsync("variants where price < 10000 or compare_at_price <= price or currency <> 'UZS'"));
        Assert.InRange(await CountAsync("variants where compare_at_price is not null"), 20, 60);
        Assert.InRange(await CountAsync("variants v join inventory.pools p on p.kind = 'variant' and p.subject_id = v.id where p.capacity = 0"), 10, 40);
        Assert.Equal(0, await CountAsync("variants v join inventory.pools p on p.kind = 'variant' and p.subject_id = v.id where p.taken <> 0"));
        Assert.Equal(0, await CountAsync("products where created_at > now() - interval '5 days' or created_at < now() - interval '100 days'"));
        Assert.Equal(0, await CountAsync("products where slug ~ '-[2-9]$' and name !~ '[0-9]'"));
        Assert.InRange(await CountAsync("reviews"), 100, 250);
        Assert.Equal(0, await CountAsync("reviews where created_at > now()"));
        Assert.InRange(await CountAsync("products where rating_count = 0"), 3, 20);
        foreach (var letters in new[] { "ʻ", "ы", "ў|қ|ғ|ҳ", "\\mthe\\M" })
            Assert.NotEqual(0, await CountAsync($"products where name || description ~ '{letters}'"));
        await server.VerifyAsync();

        Assert.Empty(await DemoLoader.LoadAsync(server.App.Services, CancellationToken.None));
        Assert.Equal(63, await CountAsync("products"));
        await AssertPicturesAsync();
    }

    [Fact]
    public void A_png_holds_the_pixels_it_was_made_of()
    {
        byte[] pixels = [.. Enumerable.Range(0, 5 * 3 * 3).Select(n => (byte)(n * 37))];
        var (width, height, decoded) = Decode(PngFile.Encode(pixels, 5, 3));
        Assert.Equal((5, 3), (width, height));
        Assert.Equal(pixels, decoded);
    }

    private async Task AssertPicturesAsync()
    {
        Assert.Equal(63, await CountAsync("products p where exists (select from shop.product_images i where i.product_id = p.id and i.alt = p.name)"));
        using var client = server.CreateClient();
        foreach (var path in (await server.ScalarAsync<string[]>("select array_agg(path order by id) from (select id, path from shop.product_images order by id limit 5) few"))!)
        {
            using var answer = await client.GetAsync($"/media/{path}");
            Assert.Equal((200, "image/png"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            var (width, height, pixels) = Decode(await answer.Content.ReadAsByteArrayAsync());
            Assert.Equal((480, 480, 480 * 480 * 3), (width, height, pixels.Length));
            // Something is drawn: the corner is the ground, the middle is not.
            Assert.NotEqual(pixels[..3], pixels[(((240 * 480) + 240) * 3)..][..3]);
        }
    }

    private async Task<long> CountAsync(string source) => await server.ScalarAsync<long>($"select count(*) from shop.{source}");

    /// <summary>What a strict reader makes of the file.</summary>
    private static (int Width, int Height, byte[] Pixels) Decode(byte[] png)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], png[..8]);
        var chunks = new List<(string Type, byte[] Data)>();
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            Assert.Equal(Checksum(png.AsSpan(at + 4, length + 4)), BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length)));
            chunks.Add((Encoding.ASCII.GetString(png, at + 4, 4), png[(at + 8)..(at + 8 + length)]));
            at += 12 + length;
        }

        Assert.Equal(["IHDR", "IDAT", "IEND"], chunks.Select(chunk => chunk.Type));
        var header = chunks[0].Data;
        Assert.Equal([8, 2, 0, 0, 0], header[8..]);
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)));
        using var zlib = new ZLibStream(new MemoryStream(chunks[1].Data), CompressionMode.Decompress);
        using var raw = new MemoryStream();
        zlib.CopyTo(raw);
        var (lines, stride) = (raw.ToArray(), width * 3);
        Assert.Equal((stride + 1) * height, lines.Length);
        var pixels = new byte[stride * height];
        for (var y = 0; y < height; y++)
        {
            Assert.Equal(2, lines[y * (stride + 1)]);
            for (var x = 0; x < stride; x++)
                pixels[(y * stride) + x] = (byte)(lines[(y * (stride + 1)) + 1 + x] + (y == 0 ? 0 : pixels[((y - 1) * stride) + x]));
        }

        return (width, height, pixels);
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}
