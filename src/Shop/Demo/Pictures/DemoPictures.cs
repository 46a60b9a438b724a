using System.Security.Cryptography;
using Maydon.Kernel.Drawing;
using Maydon.Kernel.Http.Media;
using Maydon.Kernel.Settings;

namespace Maydon.Shop.Demo.Pictures;

/// <summary>One picture: what it shows, in which colour.</summary>
internal sealed record DemoPicture(string Slug, Motif Motif, Colour Colour);

/// <summary>Pictures for the demo's products, drawn and written below <c>DATA_DIR/media</c>.</summary>
internal static class DemoPictures
{
    private const string Folder = "demo";
    private const int Size = 480;

    /// <summary>The path of each, for <c>product_images</c>. What a picture is called says what is in it.</summary>
    public static string[] Write(IReadOnlyList<DemoPicture> pictures, MaydonSettings settings, CancellationToken cancellationToken)
    {
        var media = MediaFiles.Directory(settings);
        Directory.CreateDirectory(Path.Combine(media, Folder));
        var paths = new string[pictures.Count];
        Parallel.For(0, pictures.Count, new ParallelOptions { CancellationToken = cancellationToken }, n =>
        {
            var png = Draw(pictures[n]);
            paths[n] = $"{Folder}/{pictures[n].Slug}-{Convert.ToHexStringLower(SHA256.HashData(png).AsSpan(0, 4))}.png";
            File.WriteAllBytes(Path.Combine(media, paths[n]), png);
        });
        return paths;
    }

    private static byte[] Draw(DemoPicture picture)
    {
        var canvas = new Canvas(Size);
        var ground = picture.Colour.Lighter(0.84f);
        canvas.Fill(ground);
        canvas.Disc(50, 50, 41, picture.Colour.Lighter(0.72f));
        canvas.Ellipse(50, 86, 27, 3.2f, picture.Colour.Lighter(0.55f));
        canvas.Draw(picture.Motif, picture.Colour);
        return canvas.ToPng();
    }
}
