using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Maydon.Shop.Orders.Receipts.Pdf;

/// <summary>
/// As much of PDF 1.7 (ISO 32000-1) as a paper of text and lines needs. The libraries that could be had are under licences that a program of ours cannot
/// take over (docs/decisions/0023).
/// </summary>
internal sealed class PdfFile
{
    private readonly List<byte[]> _objects = [];

    /// <summary>Returns its number.</summary>
    public int Add(string dictionary) => Add(Encoding.ASCII.GetBytes(dictionary));

    public int AddStream(byte[] content, string entries = "")
    {
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zip.Write(content);
        return Add([.. Encoding.ASCII.GetBytes($"<< /Length {packed.Length} /Filter /FlateDecode {entries} >>\nstream\n"), .. packed.ToArray(), .. "\nendstream"u8]);
    }

    /// <summary>The whole file.</summary>
    /// <param name="language">As BCP 47 has it.</param>
    public static byte[] Write(IReadOnlyList<PdfPage> pages, IReadOnlyList<PdfFont> fonts, string title, string author, string language, DateTimeOffset madeAt)
    {
        var file = new PdfFile();
        var resources = $"<< /Font << {string.Join(' ', fonts.Select(font => $"/{font.Name} {file.AddLater()} 0 R"))} >> >>";
        var parent = file.AddLater();
        var kids = new List<int>();
        foreach (var page in pages)
        {
            var content = file.AddStream(page.ToBytes());
            kids.Add(file.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"<< /Type /Page /Parent {parent} 0 R /MediaBox [0 0 {PdfPage.Width} {PdfPage.Height}] /Resources {resources} /Contents {content} 0 R >>")));
        }

        file._objects[parent - 1] = Encoding.ASCII.GetBytes($"<< /Type /Pages /Count {kids.Count} /Kids [{string.Join(' ', kids.Select(kid => $"{kid} 0 R"))}] >>");
        // At last, for now it is known which glyphs the pages use.
        foreach (var (index, font) in fonts.Index())
            file._objects[index] = Encoding.ASCII.GetBytes(font.AddTo(file));
        var catalogue = file.Add($"<< /Type /Catalog /Pages {parent} 0 R /Lang {Text(language)} /ViewerPreferences << /DisplayDocTitle true >> >>");
        var about = file.Add($"<< /Title {Text(title)} /Author {Text(author)} /Producer {Text("Maydon")} /CreationDate (D:{madeAt.UtcDateTime:yyyyMMddHHmmss}Z) >>");
        return file.ToBytes(catalogue, about);
    }

    /// <summary>A number for what cannot be written yet.</summary>
    private int AddLater() => Add([]);

    private int Add(byte[] content)
    {
        _objects.Add(content);
        return _objects.Count;
    }

    private static string Text(string text) => $"<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>";

    private byte[] ToBytes(int catalogue, int about)
    {
        using var file = new MemoryStream();
        void Write(string text) => file.Write(Encoding.ASCII.GetBytes(text));

        Write("%PDF-1.7\n");
        // Says that there are bytes beyond ASCII in it.
        file.Write([(byte)'%', 0xe2, 0xe3, 0xcf, 0xd3, (byte)'\n']);
        var offsets = new List<long>();
        foreach (var (index, content) in _objects.Index())
        {
            offsets.Add(file.Length);
            Write($"{index + 1} 0 obj\n");
            file.Write(content);
            Write("\nendobj\n");
        }

        var start = file.Length;
        Write($"xref\n0 {_objects.Count + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets)
            Write($"{offset:0000000000} 00000 n \n");
        Write($"trailer\n<< /Size {_objects.Count + 1} /Root {catalogue} 0 R /Info {about} 0 R >>\nstartxref\n{start}\n%%EOF\n");
        return file.ToArray();
    }
}
