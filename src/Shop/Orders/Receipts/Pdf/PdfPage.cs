using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Maydon.Shop.Orders.Receipts.Pdf;

/// <summary>Red, green and blue, each from 0 to 255.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PdfColour(byte Red, byte Green, byte Blue)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Red / 255.0:0.###} {Green / 255.0:0.###} {Blue / 255.0:0.###}");
}

/// <summary>A sheet of A4, upright; measured in points from its upper left corner.</summary>
internal sealed class PdfPage
{
    public const double Width = 595.28;
    public const double Height = 841.89;

    private readonly StringBuilder _content = new();

    /// <param name="y">Of the line on which the letters stand.</param>
    public void Write(PdfFont font, double size, PdfColour colour, double x, double y, string text) =>
        _content.Append(CultureInfo.InvariantCulture, $"BT /{font.Name} {size:0.##} Tf {colour} rg 1 0 0 1 {x:0.##} {Height - y:0.##} Tm <{font.Encode(text)}> Tj ET\n");

    public void Fill(PdfColour colour, double x, double y, double width, double height) =>
        _content.Append(CultureInfo.InvariantCulture, $"{colour} rg {x:0.##} {Height - y - height:0.##} {width:0.##} {height:0.##} re f\n");

    /// <summary>A line from left to right.</summary>
    public void Rule(PdfColour colour, double from, double to, double y) =>
        _content.Append(CultureInfo.InvariantCulture, $"{colour} RG 0.7 w {from:0.##} {Height - y:0.##} m {to:0.##} {Height - y:0.##} l S\n");

    public byte[] ToBytes() => Encoding.ASCII.GetBytes(_content.ToString());
}
