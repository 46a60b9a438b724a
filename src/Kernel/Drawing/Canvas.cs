using System.Runtime.InteropServices;

namespace Maydon.Kernel.Drawing;

/// <summary>Red, green and blue.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Colour(byte R, byte G, byte B)
{
    public static Colour Of(uint hex) => new((byte)(hex >> 16), (byte)(hex >> 8), (byte)hex);

    /// <summary>So much of the other (0 to 1) mixed in.</summary>
    public Colour Mix(Colour other, float share) => new(Mix(R, other.R, share), Mix(G, other.G, share), Mix(B, other.B, share));

    public Colour Lighter(float share) => Mix(new Colour(255, 255, 255), share);

    public Colour Darker(float share) => Mix(new Colour(20, 20, 40), share);

    private static byte Mix(byte one, byte other, float share) => (byte)(one + ((other - one) * share) + 0.5f);
}

[StructLayout(LayoutKind.Auto)]
public readonly record struct Point(float X, float Y);

/// <summary>
/// Flat shapes with smooth edges on a square of 100 by 100 units. How far a pixel is from a shape's edge says how much of its colour it gets.
/// </summary>
public sealed class Canvas(int size)
{
    private const float Units = 100;
    private const int Block = 8;

    private readonly byte[] _pixels = new byte[size * size * 3];
    private readonly float _scale = size / Units;
    private float _sine;
    private float _cosine = 1;
    private Point _centre = new(50, 50);

    public byte[] ToPng() => PngFile.Encode(_pixels, size, size);

    /// <summary>What is drawn from now on is turned about the point.</summary>
    public void Turn(float degrees, float x = 50, float y = 50)
    {
        (_sine, _cosine) = MathF.SinCos(degrees * MathF.PI / 180);
        _centre = new Point(x, y);
    }

    public void Fill(Colour colour)
    {
        for (var i = 0; i < _pixels.Length; i += 3)
            (_pixels[i], _pixels[i + 1], _pixels[i + 2]) = (colour.R, colour.G, colour.B);
    }

    public void Disc(float x, float y, float radius, Colour colour) =>
        Paint(x - radius, y - radius, x + radius, y + radius, colour, (px, py) => Length(px - x, py - y) - radius);

    public void Ellipse(float x, float y, float width, float height, Colour colour) =>
        Paint(x - width, y - height, x + width, y + height, colour, (px, py) =>
        {
            // Near enough for edges a pixel wide.
            var near = Length((px - x) / width, (py - y) / height);
            return (near - 1) * MathF.Min(width, height);
        });

    /// <param name="from">Degrees clockwise from the right; the whole circle unless told.</param>
    public void Ring(float x, float y, float radius, float thickness, Colour colour, float from = 0, float to = 360)
    {
        var reach = radius + thickness;
        Paint(x - reach, y - reach, x + reach, y + reach, colour, (px, py) =>
        {
            var angle = MathF.Atan2(py - y, px - x) * 180 / MathF.PI;
            angle = angle < 0 ? angle + 360 : angle;
            var inside = to > 360 ? angle >= from || angle <= to - 360 : angle >= from && angle <= to;
            return inside ? MathF.Abs(Length(px - x, py - y) - radius) - (thickness / 2) : MathF.Min(ToEnd(from), ToEnd(to)) - (thickness / 2);

            float ToEnd(float degrees)
            {
                var (sine, cosine) = MathF.SinCos(degrees * MathF.PI / 180);
                return Length(px - x - (radius * cosine), py - y - (radius * sine));
            }
        });
    }

    public void Box(float x, float y, float width, float height, float corner, Colour colour)
    {
        var (middleX, middleY) = (x + (width / 2), y + (height / 2));
        Paint(x, y, x + width, y + height, colour, (px, py) =>
        {
            var (dx, dy) = (MathF.Abs(px - middleX) - (width / 2) + corner, MathF.Abs(py - middleY) - (height / 2) + corner);
            return Length(MathF.Max(dx, 0), MathF.Max(dy, 0)) + MathF.Min(MathF.Max(dx, dy), 0) - corner;
        });
    }

    public void Line(float x1, float y1, float x2, float y2, float thickness, Colour colour)
    {
        var reach = thickness / 2;
        var (dx, dy) = (x2 - x1, y2 - y1);
        Paint(MathF.Min(x1, x2) - reach, MathF.Min(y1, y2) - reach, MathF.Max(x1, x2) + reach, MathF.Max(y1, y2) + reach, colour, (px, py) =>
        {
            var along = Math.Clamp((((px - x1) * dx) + ((py - y1) * dy)) / ((dx * dx) + (dy * dy)), 0, 1);
            return Length(px - x1 - (along * dx), py - y1 - (along * dy)) - reach;
        });
    }

    /// <param name="rounding">How far its corners are rounded, outwards.</param>
    public void Polygon(Colour colour, float rounding, params Point[] corners) =>
        Paint(corners.Min(at => at.X) - rounding, corners.Min(at => at.Y) - rounding, corners.Max(at => at.X) + rounding, corners.Max(at => at.Y) + rounding, colour, (px, py) =>
        {
            var nearest = float.MaxValue;
            var inside = false;
            for (int i = 0, j = corners.Length - 1; i < corners.Length; j = i++)
            {
                var (a, b) = (corners[i], corners[j]);
                var (ex, ey, wx, wy) = (b.X - a.X, b.Y - a.Y, px - a.X, py - a.Y);
                var along = Math.Clamp(((wx * ex) + (wy * ey)) / ((ex * ex) + (ey * ey)), 0, 1);
                nearest = MathF.Min(nearest, Length(wx - (ex * along), wy - (ey * along)));
                if (a.Y > py != b.Y > py && px < (ex * (py - a.Y) / ey) + a.X)
                    inside = !inside;
            }

            return (inside ? -nearest : nearest) - rounding;
        });

    /// <param name="distance">From a point to the shape's edge, negative within; never changes faster than the way to the point does.</param>
    private void Paint(float left, float top, float right, float bottom, Colour colour, Func<float, float, float> distance)
    {
        var (fromX, fromY, toX, toY) = Bounds(left, top, right, bottom);
        for (var y = fromY; y < toY; y += Block)
        {
            for (var x = fromX; x < toX; x += Block)
                PaintBlock(x, y, Math.Min(x + Block, toX), Math.Min(y + Block, toY), colour, distance);
        }
    }

    /// <summary>What its middle says of all its pixels need not be asked of each: most are wholly within or without.</summary>
    private void PaintBlock(int fromX, int fromY, int toX, int toY, Colour colour, Func<float, float, float> distance)
    {
        const float reach = (Block * 0.7072f) + 0.5f;
        var middle = Distance(fromX + (Block / 2f), fromY + (Block / 2f), distance);
        if (middle > reach)
            return;
        for (var y = fromY; y < toY; y++)
        {
            for (var x = fromX; x < toX; x++)
            {
                var share = middle < -reach ? 1 : Math.Clamp(0.5f - Distance(x + 0.5f, y + 0.5f, distance), 0, 1);
                if (share > 0)
                    Blend(((y * size) + x) * 3, colour, share);
            }
        }
    }

    /// <summary>In pixels, as the canvas is turned.</summary>
    private float Distance(float x, float y, Func<float, float, float> distance)
    {
        var (ux, uy) = ((x / _scale) - _centre.X, (y / _scale) - _centre.Y);
        return distance((ux * _cosine) + (uy * _sine) + _centre.X, (uy * _cosine) - (ux * _sine) + _centre.Y) * _scale;
    }

    /// <summary>The pixels that a turned rectangle can reach.</summary>
    private (int FromX, int FromY, int ToX, int ToY) Bounds(float left, float top, float right, float bottom)
    {
        var (minX, minY, maxX, maxY) = (float.MaxValue, float.MaxValue, float.MinValue, float.MinValue);
        foreach (var (x, y) in (ReadOnlySpan<(float, float)>)[(left, top), (right, top), (left, bottom), (right, bottom)])
        {
            var (dx, dy) = (x - _centre.X, y - _centre.Y);
            var (turnedX, turnedY) = ((dx * _cosine) - (dy * _sine) + _centre.X, (dx * _sine) + (dy * _cosine) + _centre.Y);
            (minX, minY, maxX, maxY) = (MathF.Min(minX, turnedX), MathF.Min(minY, turnedY), MathF.Max(maxX, turnedX), MathF.Max(maxY, turnedY));
        }

        return (Pixel(minX - 1), Pixel(minY - 1), Pixel(maxX + 1), Pixel(maxY + 1));
    }

    private int Pixel(float unit) => Math.Clamp((int)MathF.Ceiling(unit * _scale), 0, size);

    private void Blend(int at, Colour colour, float share)
    {
        if (share == 1)
        {
            (_pixels[at], _pixels[at + 1], _pixels[at + 2]) = (colour.R, colour.G, colour.B);
            return;
        }

        var mixed = new Colour(_pixels[at], _pixels[at + 1], _pixels[at + 2]).Mix(colour, share);
        (_pixels[at], _pixels[at + 1], _pixels[at + 2]) = (mixed.R, mixed.G, mixed.B);
    }

    private static float Length(float x, float y) => MathF.Sqrt((x * x) + (y * y));
}
