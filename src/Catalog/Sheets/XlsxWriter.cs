using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Maydon.Catalog.Sheets;

/// <summary>
/// A workbook with one sheet, in which every cell is text: nothing is a formula, no code loses its zeros and none becomes a date, also when somebody
/// edits it. Written by hand, because all of it is four small parts and rows, and the response takes no synchronous writes.
/// </summary>
internal sealed class XlsxWriter : SheetWriter
{
    /// <summary>Excel opens no more, the headings included.</summary>
    public const int MostRows = 1_048_576;

    /// <summary>UTF-16 code units. A longer cell would be cut, after a question whether to repair the file.</summary>
    public const int LongestCell = 32_767;

    private const int Portion = 32 * 1024;
    private const string Head = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>""";
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    private static readonly (string Path, string Xml)[] s_parts =
    [
        ("[Content_Types].xml", $"""{Head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"""),
        ("_rels/.rels", $"""{Head}<Relationships xmlns="{Relations}"><Relationship Id="rId1" Type="{Office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""),
        ("xl/workbook.xml", $"""{Head}<workbook xmlns="{Main}" xmlns:r="{Office}"><sheets><sheet name="Maydon" sheetId="1" r:id="rId1"/></sheets></workbook>"""),
        ("xl/_rels/workbook.xml.rels", $"""{Head}<Relationships xmlns="{Relations}"><Relationship Id="rId1" Type="{Office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{Office}/styles" Target="styles.xml"/></Relationships>"""),
        // Style 1 is text (format 49), of the cells and of the columns below them.
        ("xl/styles.xml", $"""{Head}<styleSheet xmlns="{Main}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>"""),
    ];

    private readonly Stream _body;
    private readonly PendingBytes _pending = new();
    private readonly ZipArchive _archive;
    private readonly Stream _sheet;
    private readonly StringBuilder _rows = new(Portion);
    private int _row;

    public XlsxWriter(Stream body)
    {
        _body = body;
        _archive = new ZipArchive(_pending, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (path, xml) in s_parts)
        {
            using var part = _archive.CreateEntry(path).Open();
            part.Write(Encoding.UTF8.GetBytes(xml));
        }

        _sheet = _archive.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Fastest).Open();
        _rows.Append(CultureInfo.InvariantCulture, $"""{Head}<worksheet xmlns="{Main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="100" width="24" style="1" customWidth="1"/></cols><sheetData>""");
    }

    public override ValueTask WriteRowAsync(IReadOnlyList<string?> cells, CancellationToken cancellationToken)
    {
        _rows.Append(CultureInfo.InvariantCulture, $"<row r=\"{++_row}\">");
        for (var i = 0; i < cells.Count; i++)
        {
            if (cells[i] is not { Length: > 0 } text)
                continue;
            if (text.Length > LongestCell)
                throw new InvalidOperationException("A cell has become too long for a workbook since that was looked at.");
            _rows.Append(CultureInfo.InvariantCulture, $"<c r=\"{NameOf(i)}{_row}\" s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
            Append(ExcelText.Escape(text));
            _rows.Append("</t></is></c>");
        }

        _rows.Append("</row>");
        return _rows.Length < Portion ? ValueTask.CompletedTask : new ValueTask(FlushAsync(cancellationToken));
    }

    public override async Task CompleteAsync(CancellationToken cancellationToken)
    {
        _rows.Append("</sheetData></worksheet>");
        await FlushAsync(cancellationToken);
        _sheet.Dispose();
        _archive.Dispose();
        await _pending.SendAsync(_body, cancellationToken);
    }

    public override void Dispose()
    {
        _sheet.Dispose();
        _archive.Dispose();
        _pending.Dispose();
        base.Dispose();
    }

    /// <summary>A, B, … Z, AA: there are at most a hundred columns.</summary>
    private static string NameOf(int column) => column < 26 ? $"{(char)('A' + column)}" : $"{(char)('A' + (column / 26) - 1)}{(char)('A' + (column % 26))}";

    private void Append(string text)
    {
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '<' => _rows.Append("&lt;"),
                '>' => _rows.Append("&gt;"),
                '&' => _rows.Append("&amp;"),
                _ => _rows.Append(letter),
            };
        }
    }

    private Task FlushAsync(CancellationToken cancellationToken)
    {
        _sheet.Write(Encoding.UTF8.GetBytes(_rows.ToString()));
        _rows.Clear();
        return _pending.SendAsync(_body, cancellationToken);
    }

    /// <summary>What the archive has packed and nobody has been sent: it writes synchronously at the end of each part, which a response refuses.</summary>
    private sealed class PendingBytes : MemoryStream
    {
        /// <summary>So that the archive never goes back to what is sent.</summary>
        public override bool CanSeek => false;

        public async Task SendAsync(Stream body, CancellationToken cancellationToken)
        {
            await body.WriteAsync(GetBuffer().AsMemory(0, (int)Length), cancellationToken);
            SetLength(0);
        }
    }
}
