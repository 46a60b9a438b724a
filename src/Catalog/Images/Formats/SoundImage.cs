using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Maydon.Catalog.Images.Formats;

/// <summary>
/// An image whose structure was followed from its first byte to its last: what of it is kept, in pieces. Left out are metadata, such as where a
/// picture was taken and with what, and whatever lay behind its end; how it stands up and what its colours mean stays.
/// </summary>
/// <param name="Ending">Of its file, and so what kind it is.</param>
/// <param name="Width">As it is looked at, upright.</param>
internal sealed record SoundImage(string Ending, int Width, int Height, IReadOnlyList<ReadOnlyMemory<byte>> Pieces)
{
    public long Bytes => Pieces.Sum(piece => (long)piece.Length);

    public byte[] Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var piece in Pieces)
            hash.AppendData(piece.Span);
        return hash.GetHashAndReset();
    }
}

/// <summary>The image, or the code of why there is none.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ImageVerdict(SoundImage? Image, string? Refusal)
{
    /// <summary>Of no kind that is taken.</summary>
    public static readonly ImageVerdict Unsupported = new(Image: null, "image_unsupported");

    /// <summary>It ends before its end, or is no such thing inside.</summary>
    public static readonly ImageVerdict Damaged = new(Image: null, "image_damaged");

    /// <summary>It is small as a file alone.</summary>
    public static readonly ImageVerdict TooLarge = new(Image: null, "image_too_large");

    public static ImageVerdict Sound(string ending, int width, int height, int orientation, IReadOnlyList<ReadOnlyMemory<byte>> pieces) =>
        // From 5 on it lies on its side.
        new(orientation >= 5 ? new SoundImage(ending, height, width, pieces) : new SoundImage(ending, width, height, pieces), Refusal: null);
}

/// <summary>What kind of image a file is, by its content.</summary>
internal static class ImageFormat
{
    /// <summary>Of a picture that stands still, and of one moment of one that moves.</summary>
    private const long MostPixels = 40_000_000;

    /// <summary>Of all moments together: whoever shows it decodes them one after the other.</summary>
    private const long MostPixelsMoving = 400_000_000;
    private const int MostFrames = 1_000;

    public static ImageVerdict Read(ReadOnlyMemory<byte> file)
    {
        var start = file.Span;
        if (start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
            return PngReader.Read(file);
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return JpegReader.Read(file);
        if (start.StartsWith("GIF87a"u8) || start.StartsWith("GIF89a"u8))
            return GifReader.Read(file);
        return start.Length >= 12 && start.StartsWith("RIFF"u8) && start[8..].StartsWith("WEBP"u8) ? WebpReader.Read(file) : ImageVerdict.Unsupported;
    }

    public static bool IsTooLarge(long width, long height) => width * height > MostPixels;

    public static bool IsTooLong(int frames, long pixels) => frames > MostFrames || pixels > MostPixelsMoving;
}
