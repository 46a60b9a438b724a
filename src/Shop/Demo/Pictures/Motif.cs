using Maydon.Kernel.Drawing;

namespace Maydon.Shop.Demo.Pictures;

/// <summary>What is drawn for the products of a category.</summary>
internal enum Motif { Phone, Headphones, Watch, Charger, PhoneCase, Shirt, Dress, Cap, Teapot, Jar, Plate, Ikat, Book }

/// <summary>The motifs in flat shapes, about the middle of a canvas.</summary>
internal static class Motifs
{
    private static readonly Colour s_white = new(255, 255, 255);
    private static readonly Colour s_ink = Colour.Of(0x2B2D42);

    public static void Draw(this Canvas canvas, Motif motif, Colour colour)
    {
        switch (motif)
        {
            case Motif.Phone: DrawPhone(canvas, colour); break;
            case Motif.Headphones: DrawHeadphones(canvas, colour); break;
            case Motif.Watch: DrawWatch(canvas, colour); break;
            case Motif.Charger: DrawCharger(canvas, colour); break;
            case Motif.PhoneCase: DrawPhoneCase(canvas, colour); break;
            case Motif.Shirt: DrawShirt(canvas, colour); break;
            case Motif.Dress: DrawDress(canvas, colour); break;
            case Motif.Cap: DrawCap(canvas, colour); break;
            case Motif.Teapot: DrawTeapot(canvas, colour); break;
            case Motif.Jar: DrawJar(canvas, colour); break;
            case Motif.Plate: DrawPlate(canvas, colour); break;
            case Motif.Ikat: DrawIkat(canvas, colour); break;
            case Motif.Book: DrawBook(canvas, colour); break;
        }
    }

    private static void DrawPhone(Canvas canvas, Colour colour)
    {
        canvas.Turn(-9);
        canvas.Box(33, 17, 34, 66, 6, s_ink);
        canvas.Box(35.2f, 19.2f, 29.6f, 61.6f, 4.2f, colour);
        canvas.Disc(50, 42, 10.5f, colour.Lighter(0.2f));
        canvas.Disc(50, 42, 5.5f, colour.Lighter(0.5f));
        canvas.Box(44, 21.5f, 12, 3.2f, 1.6f, s_ink);
        canvas.Box(39, 60, 22, 3, 1.5f, s_white);
        canvas.Box(39, 66, 14, 3, 1.5f, colour.Lighter(0.55f));
        canvas.Box(43, 76.5f, 14, 1.4f, 0.7f, s_white);
    }

    private static void DrawHeadphones(Canvas canvas, Colour colour)
    {
        canvas.Turn(0);
        canvas.Ring(50, 52, 25, 6, colour.Darker(0.25f), 180, 360);
        canvas.Ring(50, 52, 25, 2, colour.Lighter(0.35f), 215, 325);
        foreach (var side in new[] { 0f, 1f })
        {
            canvas.Box(19 + (side * 50), 48, 12, 28, 6, colour);
            canvas.Box(27 + (side * 40), 50, 6, 24, 3, s_ink);
        }

        canvas.Box(21, 53, 3, 12, 1.5f, colour.Lighter(0.45f));
        canvas.Box(76, 53, 3, 12, 1.5f, colour.Lighter(0.45f));
    }

    private static void DrawWatch(Canvas canvas, Colour colour)
    {
        canvas.Turn(8);
        canvas.Polygon(colour, 2, new(39, 35), new(61, 35), new(58, 15), new(42, 15));
        canvas.Polygon(colour, 2, new(39, 65), new(61, 65), new(58, 86), new(42, 86));
        canvas.Box(31, 31, 38, 40, 9, s_ink);
        canvas.Box(69, 44, 3.5f, 9, 1.5f, s_ink);
        canvas.Box(34.5f, 34.5f, 31, 33, 6, colour.Darker(0.7f));
        canvas.Ring(50, 51, 10.5f, 3, colour.Lighter(0.25f), 270, 560);
        canvas.Line(50, 51, 50, 45, 2, s_white);
        canvas.Line(50, 51, 54.5f, 53.5f, 2, s_white);
    }

    private static void DrawCharger(Canvas canvas, Colour colour)
    {
        canvas.Turn(0);
        canvas.Ring(66, 60, 17, 3.4f, s_ink, 0, 180);
        canvas.Line(83, 60, 83, 30, 3.4f, s_ink);
        canvas.Box(79.5f, 20, 7, 13, 2, colour.Darker(0.3f));
        canvas.Box(81, 15, 4, 6, 1, s_ink);
        canvas.Line(49, 60, 49, 52, 3.4f, s_ink);
        canvas.Box(30, 16, 4.5f, 14, 1.4f, s_ink);
        canvas.Box(47, 16, 4.5f, 14, 1.4f, s_ink);
        canvas.Box(21, 27, 39, 36, 7, colour);
        canvas.Box(21, 27, 39, 7, 3.5f, colour.Lighter(0.25f));
        canvas.Polygon(s_white, 0.6f, new(43.5f, 37), new(33.5f, 49), new(39.5f, 49), new(37.5f, 58), new(47.5f, 45.5f), new(41.2f, 45.5f));
    }

    private static void DrawPhoneCase(Canvas canvas, Colour colour)
    {
        canvas.Turn(7);
        canvas.Box(31, 16, 38, 68, 8, colour.Darker(0.25f));
        canvas.Box(33, 18, 34, 64, 6.5f, colour);
        canvas.Box(36, 21, 18, 18, 5, colour.Darker(0.35f));
        canvas.Disc(41, 26, 3.6f, s_ink);
        canvas.Disc(41, 34.2f, 3.6f, s_ink);
        canvas.Disc(49, 30, 3.6f, s_ink);
        canvas.Disc(49, 24.5f, 1.2f, s_white);
        canvas.Ring(50, 60, 10, 2.2f, colour.Lighter(0.4f));
        canvas.Line(50, 73, 50, 77, 2.2f, colour.Lighter(0.4f));
    }

    private static void DrawShirt(Canvas canvas, Colour colour)
    {
        canvas.Turn(0);
        canvas.Polygon(colour.Darker(0.15f), 2, new(35, 24), new(18, 36), new(26, 50), new(37, 43));
        canvas.Polygon(colour.Darker(0.15f), 2, new(65, 24), new(82, 36), new(74, 50), new(63, 43));
        canvas.Polygon(colour, 2, new(36, 23), new(64, 23), new(68, 40), new(67, 80), new(33, 80), new(32, 40));
        canvas.Ellipse(50, 22, 10.5f, 8, colour.Darker(0.35f));
        canvas.Ellipse(50, 20, 9.5f, 7, colour.Lighter(0.72f));
        canvas.Disc(58, 42, 3.4f, colour.Lighter(0.6f));
        canvas.Line(37, 73, 63, 73, 1.2f, colour.Darker(0.2f));
    }

    private static void DrawDress(Canvas canvas, Colour colour)
    {
        canvas.Turn(0);
        canvas.Line(41, 16, 41, 28, 2.6f, colour.Darker(0.3f));
        canvas.Line(59, 16, 59, 28, 2.6f, colour.Darker(0.3f));
        canvas.Polygon(colour, 2, new(40, 26), new(60, 26), new(59, 46), new(77, 80), new(23, 80), new(41, 46));
        // Stripes as silk of Margʻilon has them.
        foreach (var (x, shade) in new[] { (31f, 0.5f), (42f, 0.25f), (58f, 0.25f), (69f, 0.5f) })
            canvas.Polygon(colour.Lighter(shade), 0.8f, new(50 + ((x - 50) * 0.25f), 52), new(x + 3, 78), new(x - 3, 78));
        canvas.Box(39, 43, 22, 5, 2, s_ink);
        canvas.Polygon(s_white, 0.4f, new(46, 25), new(54, 25), new(50, 33));
    }

    private static void DrawCap(Canvas canvas, Colour colour)
    {
        canvas.Turn(0);
        var dark = colour.Darker(0.6f);
        canvas.Polygon(dark, 2, new(50, 22), new(77, 46), new(79, 66), new(21, 66), new(23, 46));
        canvas.Polygon(dark.Lighter(0.1f), 1, new(50, 22), new(59, 66), new(41, 66));
        canvas.Box(18, 64, 64, 11, 3, dark.Darker(0.4f));
        for (var n = 0; n < 8; n++)
            canvas.Ring(23.8f + (n * 7.5f), 71, 2.6f, 1.1f, s_white, 180, 360);
        // The four peppers of a doʻppi from Chust, as far as one side shows them.
        foreach (var (x, y, turn) in new[] { (50f, 47f, 0f), (32f, 52f, -24f), (68f, 52f, 24f) })
        {
            canvas.Turn(turn, x, y);
            canvas.Ellipse(x, y + 3, 4.2f, 7, s_white);
            canvas.Line(x, y - 4, x + 3, y - 9, 2, s_white);
            canvas.Ellipse(x, y + 3.5f, 1.8f, 3.6f, colour);
        }

        canvas.Turn(0);
    }

    private static void DrawTeapot(Canvas canvas, Colour colour)
    {
        canvas.Turn(0);
        canvas.Ring(73, 50, 12, 4.6f, colour.Darker(0.2f), 270, 460);
        canvas.Polygon(colour.Darker(0.1f), 1.5f, new(34, 60), new(15, 38), new(20, 35), new(38, 46));
        canvas.Ellipse(51, 55, 25, 21, colour);
        canvas.Box(38, 73, 26, 5, 2.4f, colour.Darker(0.3f));
        canvas.Ellipse(51, 36, 13, 4, colour.Darker(0.3f));
        canvas.Ellipse(51, 33.5f, 11, 4, colour.Lighter(0.2f));
        canvas.Disc(51, 27.5f, 3.2f, colour.Darker(0.2f));
        for (var petal = 0; petal < 6; petal++)
        {
            var (sine, cosine) = MathF.SinCos(petal * MathF.PI / 3);
            canvas.Disc(51 + (7.2f * cosine), 56 + (7.2f * sine), 4, s_white);
        }

        canvas.Disc(51, 56, 4, Colour.Of(0xE9B44C));
    }

    private static void DrawJar(Canvas canvas, Colour colour)
    {
        canvas.Turn(0);
        canvas.Box(29, 32, 42, 48, 9, colour.Lighter(0.55f));
        canvas.Box(32, 40, 36, 37, 7, colour);
        canvas.Box(32, 40, 36, 6, 3, colour.Lighter(0.25f));
        canvas.Box(31, 20, 38, 12, 3.5f, s_ink);
        canvas.Box(31, 27, 38, 2, 1, s_ink.Lighter(0.25f));
        canvas.Box(36, 50, 28, 19, 3, s_white);
        canvas.Polygon(colour.Darker(0.1f), 0.8f, new(50, 53), new(55.4f, 56.2f), new(55.4f, 62.6f), new(50, 65.8f), new(44.6f, 62.6f), new(44.6f, 56.2f));
        canvas.Disc(50, 59.4f, 2.4f, s_white);
    }

    private static void DrawPlate(Canvas canvas, Colour colour)
    {
        canvas.Turn(0);
        canvas.Disc(50, 50, 33, colour.Darker(0.3f));
        canvas.Disc(50, 50, 31, s_white.Mix(colour, 0.12f));
        canvas.Ring(50, 50, 26.5f, 5.5f, colour);
        for (var n = 0; n < 16; n++)
        {
            var (sine, cosine) = MathF.SinCos(n * MathF.PI / 8);
            canvas.Disc(50 + (26.5f * cosine), 50 + (26.5f * sine), 1.7f, n % 2 == 0 ? s_white : Colour.Of(0xE9B44C));
        }

        for (var n = 0; n < 8; n++)
        {
            canvas.Turn(n * 45);
            canvas.Ellipse(50, 38.5f, 3.6f, 8, n % 2 == 0 ? colour : colour.Lighter(0.35f));
        }

        canvas.Turn(0);
        canvas.Disc(50, 50, 5, Colour.Of(0xE9B44C));
        canvas.Disc(50, 50, 2.2f, colour.Darker(0.3f));
    }

    private static void DrawIkat(Canvas canvas, Colour colour)
    {
        canvas.Turn(0);
        canvas.Box(23, 17, 54, 66, 3, colour.Darker(0.2f));
        canvas.Box(23, 17, 54, 8, 3, colour.Darker(0.45f));
        canvas.Box(23, 75, 54, 8, 3, colour.Darker(0.45f));
        foreach (var (x, y, reach) in new[] { (50f, 50f, 22f), (32f, 34f, 7f), (68f, 34f, 7f), (32f, 66f, 7f), (68f, 66f, 7f) })
        {
            var shades = new[] { s_white, colour, Colour.Of(0xE9B44C), s_ink };
            for (var ring = 0; ring < (reach > 10 ? 4 : 2); ring++)
            {
                var (across, down) = (reach * (1 - (ring * 0.26f)), reach * 1.05f * (1 - (ring * 0.26f)));
                canvas.Polygon(shades[ring], 0.5f, new(x, y - down), new(x + across, y), new(x, y + down), new(x - across, y));
            }
        }

        for (var n = 0; n < 9; n++)
            canvas.Line(26 + (n * 6), 84, 26 + (n * 6), 88, 1.2f, colour.Darker(0.2f));
    }

    private static void DrawBook(Canvas canvas, Colour colour)
    {
        canvas.Turn(-6);
        canvas.Box(29, 19, 44, 62, 3, colour.Darker(0.4f));
        canvas.Box(31, 22, 41, 57, 2, s_white);
        canvas.Box(27, 18, 43, 60, 3, colour);
        canvas.Box(27, 18, 7, 60, 3, colour.Darker(0.25f));
        canvas.Box(39, 29, 25, 3.4f, 1.7f, s_white);
        canvas.Box(39, 35.5f, 17, 2.6f, 1.3f, colour.Lighter(0.5f));
        canvas.Ring(51.5f, 57, 8, 1.8f, s_white);
        canvas.Ring(51.5f, 57, 4, 1.8f, Colour.Of(0xE9B44C));
        canvas.Polygon(Colour.Of(0xD64550), 0.3f, new(60, 18), new(65, 18), new(65, 29), new(62.5f, 26.5f), new(60, 29));
        canvas.Turn(0);
    }
}
