using System.Globalization;
using Maydon.Catalog.Images;
using Maydon.Catalog.Images.Files;
using Maydon.Catalog.Images.Formats;
using Maydon.Catalog.Images.Uploading;
using Maydon.Catalog.Images.Writing;
using Maydon.Catalog.Items;
using Maydon.Catalog.Records;
using Maydon.Catalog.Writing;
using Maydon.Kernel.Drawing;
using Maydon.Kernel.Operations;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Catalog.Demo;

/// <summary>Pictures of some of the demo's items, drawn here and added as anybody's are.</summary>
internal sealed class DemoImages(CatalogDbContext db, WriteImages images, ImageFiles files, CatalogList<NomenklaturaItem> items) : IDemoData
{
    private const int Size = 640;

    // One of each ware: wares come in five sizes.
    private const int Every = 5;
    private const int Pictured = 24;

    private static readonly Colour s_ink = Colour.Of(0x2B2D42);
    private static readonly Colour s_white = new(255, 255, 255);
    private static readonly uint[] s_colours = [0x2A9D8F, 0xE76F51, 0x457B9D, 0xE9B44C, 0x8D5B4C, 0x6A994E];

    public async Task<IReadOnlyList<string>> LoadAsync(CancellationToken cancellationToken)
    {
        var list = items.Name;
        if (await db.Set<CatalogImage>().AnyAsync(image => image.List == list, cancellationToken))
            return [];
        for (var n = 0; n < Pictured; n++)
        {
            var key = new RecordKey(DemoWares.ItemCode(n * Every), Id: 0);
            // From the front, and of every other item from the side.
            await AddAsync(key, Draw(n, turn: 0), new ImageFields { IsMain = true, Category = "front" }, cancellationToken);
            if (n % 2 == 0)
                await AddAsync(key, Draw(n, turn: 24), new ImageFields { Category = "side", Note = "Yon tomondan" }, cancellationToken);
        }

        return [string.Create(CultureInfo.InvariantCulture, $"Demo images        of {Pictured} items")];
    }

    private async Task AddAsync(RecordKey key, byte[] png, ImageFields fields, CancellationToken cancellationToken)
    {
        var image = ImageFormat.Read(png).Image ?? throw new InvalidOperationException("What was drawn is no image.");
        using var form = new ReceivedForm { Images = { ReceivedImage.Of(image, await files.WriteAsync(image, cancellationToken)) } };
        await images.AddAsync(items, key, form.Images, fields, new ChangeOrigin(ChangeWay.Demo, By: null), cancellationToken);
    }

    private static byte[] Draw(int number, float turn)
    {
        var canvas = new Canvas(Size);
        var colour = Colour.Of(s_colours[number % s_colours.Length]);
        canvas.Fill(colour.Lighter(0.84f));
        canvas.Disc(50, 50, 41, colour.Lighter(0.72f));
        canvas.Ellipse(50, 86, 27, 3.2f, colour.Lighter(0.55f));
        canvas.Turn(turn);
        switch (number % 4)
        {
            case 0:
                DrawSack(canvas, colour);
                break;
            case 1:
                DrawBoard(canvas, colour);
                break;
            case 2:
                DrawBricks(canvas, colour);
                break;
            default:
                DrawCan(canvas, colour);
                break;
        }

        return canvas.ToPng();
    }

    private static void DrawSack(Canvas canvas, Colour colour)
    {
        canvas.Box(30, 24, 40, 58, 7, colour);
        canvas.Box(32, 20, 36, 8, 3, colour.Darker(0.25f));
        canvas.Box(36, 40, 28, 24, 3, s_white);
        canvas.Box(40, 46, 20, 4, 2, s_ink);
        canvas.Box(40, 54, 13, 4, 2, colour.Darker(0.25f));
    }

    private static void DrawBoard(Canvas canvas, Colour colour)
    {
        foreach (var (offset, share) in new[] { (0f, 0.5f), (7f, 0.25f), (14f, 0f) })
            canvas.Box(26 + offset, 20 + offset, 40, 52, 1.5f, colour.Lighter(share));
        canvas.Line(46, 42, 72, 42, 1.2f, colour.Darker(0.3f));
        canvas.Line(46, 60, 72, 60, 1.2f, colour.Darker(0.3f));
    }

    private static void DrawBricks(Canvas canvas, Colour colour)
    {
        for (var row = 0; row < 4; row++)
        {
            for (var place = 0; place < 3; place++)
                canvas.Box(22 + (place * 19) + (row % 2 * 6), 32 + (row * 12.5f), 17.5f, 11, 1.2f, (row + place) % 3 == 0 ? colour.Darker(0.15f) : colour);
        }
    }

    private static void DrawCan(Canvas canvas, Colour colour)
    {
        canvas.Ring(50, 32, 19, 2, s_ink, 180, 360);
        canvas.Box(29, 32, 42, 48, 3, colour.Lighter(0.35f));
        canvas.Ellipse(50, 33, 21, 5, colour.Darker(0.3f));
        canvas.Box(29, 46, 42, 20, 0.5f, s_white);
        canvas.Disc(50, 56, 6.5f, colour);
    }
}
