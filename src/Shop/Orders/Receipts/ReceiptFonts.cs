using Maydon.Shop.Orders.Receipts.Pdf;

namespace Maydon.Shop.Orders.Receipts;

/// <summary>
/// DejaVu Sans, which has Cyrillic and every letter of Uzbek, as the operating system brings it: the package <c>fonts-dejavu-core</c>. What a receipt
/// uses of it is part of the receipt, which so looks the same everywhere.
/// </summary>
internal sealed record ReceiptFonts(TrueTypeFont Regular, TrueTypeFont Bold)
{
    public const string Package = "fonts-dejavu-core";

    private const string Fonts = "/usr/share/fonts";
    private static readonly EnumerationOptions s_everywhere = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };
    private static ReceiptFonts? s_found;

    /// <summary>Null when they are not there: looked for again each time, for the package may come while the server runs.</summary>
    public static ReceiptFonts? Find()
    {
        if (s_found is null && Find("DejaVuSans") is { } regular && Find("DejaVuSans-Bold") is { } bold)
            s_found = new ReceiptFonts(regular, bold);
        return s_found;
    }

    private static TrueTypeFont? Find(string name) =>
        Directory.Exists(Fonts) && Directory.EnumerateFiles(Fonts, $"{name}.ttf", s_everywhere).FirstOrDefault() is { } file ? new TrueTypeFont(name, File.ReadAllBytes(file)) : null;
}
