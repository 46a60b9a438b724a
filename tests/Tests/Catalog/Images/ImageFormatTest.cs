using System.Security.Cryptography;
using System.Text;
using Maydon.Catalog.Images.Formats;

namespace Maydon.Tests.Catalog.Images;

/// <summary>What is an image and what is none, by its content alone.</summary>
public sealed class ImageFormatTest
{
    private static Dictionary<string, (byte[] File, string Ending, int Width, int Height)> Sound => new()
    {
        ["png"] = (Pictures.Png(7, 5), "png", 7, 5),
        ["jpeg"] = (Pictures.Jpeg(33, 17), "jpg", 33, 17),
        ["jpeg on its side"] = (Pictures.Jpeg(33, 17, orientation: 6), "jpg", 17, 33),
        ["gif"] = (Pictures.Gif, "gif", 1, 1),
        ["moving gif"] = (Pictures.MovingGif(3, 8, 6), "gif", 8, 6),
        ["webp"] = (Pictures.Webp, "webp", 1, 1),
        ["lossless webp"] = (Pictures.WebpLossless, "webp", 1, 1),
    };

    private static byte[]? Keep(byte[] file) => ImageFormat.Read(file).Image is { } image ? [.. image.Pieces.SelectMany(piece => piece.ToArray())] : null;

    [Theory]
    [InlineData("png")]
    [InlineData("jpeg")]
    [InlineData("jpeg on its side")]
    [InlineData("gif")]
    [InlineData("moving gif")]
    [InlineData("webp")]
    [InlineData("lossless webp")]
    public void A_sound_image_is_taken_whole_and_nothing_shorter_is(string kind)
    {
        var (file, ending, width, height) = Sound[kind];
        var image = ImageFormat.Read(file).Image;
        Assert.Equal((ending, width, height), (image?.Ending, image?.Width ?? 0, image?.Height ?? 0));
        Assert.Equal(image!.Bytes, Keep(file)!.Length);
        if (kind != "jpeg on its side")
            Assert.Equal(file, Keep(file));
        Assert.Equal(Keep(file), Keep(Keep(file)!));
        for (var length = 0; length < file.Length; length++)
        {
            // The byte that fills the last chunk of a WebP up may be missing.
            if (!(ending == "webp" && length == file.Length - 1))
                Assert.Null(ImageFormat.Read(file.AsMemory(0, length)).Image);
        }

        // Whatever hides behind the end is not taken along.
        Assert.Equal(Keep(file), Keep([.. file, .. "<script>alert(1)</script>"u8]));
    }

    [Theory]
    [InlineData("png")]
    [InlineData("jpeg")]
    [InlineData("moving gif")]
    [InlineData("webp")]
    [InlineData("lossless webp")]
    public void What_is_spoiled_anywhere_is_refused_or_read_but_breaks_nothing(string kind)
    {
        var (file, _, _, _) = Sound[kind];
        for (var n = 0; n < 3_000; n++)
        {
            // As good as random, and the same in every run.
            var dice = SHA256.HashData(BitConverter.GetBytes(n));
            var spoiled = (byte[])file.Clone();
            for (var time = 0; time <= dice[0] % 3; time++)
                spoiled[BitConverter.ToUInt16(dice, 1 + (time * 3)) % spoiled.Length] = dice[3 + (time * 3)];
            var length = dice[20] % 4 == 0 ? BitConverter.ToUInt16(dice, 21) % spoiled.Length : spoiled.Length;
            var verdict = ImageFormat.Read(spoiled.AsMemory(0, length));
            Assert.True(verdict.Image is null != verdict.Refusal is null);
        }
    }

    [Theory]
    [InlineData("png")]
    [InlineData("jpg")]
    [InlineData("gif")]
    [InlineData("webp")]
    public void Where_it_was_taken_is_not_kept_and_which_side_is_up_is(string ending)
    {
        var file = ending switch
        {
            "png" => Pictures.WithChunk(Pictures.WithChunk(Pictures.Png(7, 5), "tEXt", Encoding.ASCII.GetBytes($"Comment\0{Pictures.Secret}")), "eXIf", [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0]),
            "jpg" => Pictures.Jpeg(16, 8, orientation: 6, withPlace: true),
            "gif" => Pictures.GifWithPlace(),
            _ => Pictures.WebpWithPlace(),
        };
        Assert.Contains(Pictures.Secret, Encoding.Latin1.GetString(file), StringComparison.Ordinal);
        var kept = Keep(file)!;
        Assert.DoesNotContain(Pictures.Secret, Encoding.Latin1.GetString(kept), StringComparison.Ordinal);
        var image = ImageFormat.Read(kept).Image!;
        Assert.Equal(kept, Keep(kept));
        Assert.Equal(ending switch { "png" => (5, 7), "jpg" => (8, 16), _ => (1, 1) }, (image.Width, image.Height));
    }

    [Fact]
    public void What_is_small_as_a_file_alone_is_refused()
    {
        Assert.Equal("image_too_large", ImageFormat.Read(Pictures.Zeros(30_000, 30_000, 1_000)).Refusal);
        // It says 10 by 10, and goes on for 300 MB.
        Assert.Equal("image_damaged", ImageFormat.Read(Pictures.Zeros(10, 10, 300_000_000)).Refusal);
        Assert.Equal("image_damaged", ImageFormat.Read(Pictures.Zeros(100, 100, 10_099)).Refusal);
        Assert.Null(ImageFormat.Read(Pictures.Zeros(100, 100, 10_100)).Refusal);
        Assert.Equal("image_too_large", ImageFormat.Read(Pictures.Jpeg(8_000, 5_001)).Refusal);
        Assert.Null(ImageFormat.Read(Pictures.Jpeg(8_000, 5_000)).Refusal);
        Assert.Equal("image_too_large", ImageFormat.Read(Pictures.MovingGif(1_001, 1, 1)).Refusal);
        Assert.Equal("image_too_large", ImageFormat.Read(Pictures.MovingGif(17, 5_000, 5_000)).Refusal);
        Assert.Null(ImageFormat.Read(Pictures.MovingGif(1_000, 1, 1)).Refusal);
        Assert.Equal("image_too_large", ImageFormat.Read(Pictures.MovingGif(1, 60_000, 60_000)).Refusal);
        var scans = Pictures.Jpeg(8, 8);
        var scan = Array.LastIndexOf(scans, (byte)0xDA) - 1;
        Assert.Equal("image_too_large", ImageFormat.Read((byte[])[.. scans[..scan], .. Enumerable.Repeat(scans[scan..^2], 101).SelectMany(one => one), .. scans[^2..]]).Refusal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<!doctype html><title>x</title>")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>")]
    [InlineData("BM6\0\0\0")]
    [InlineData("II*\0\0\0\0\0")]
    [InlineData("%PDF-1.7")]
    public void Anything_else_is_no_image(string content) => Assert.Equal("image_unsupported", ImageFormat.Read(Encoding.UTF8.GetBytes(content)).Refusal);
}
