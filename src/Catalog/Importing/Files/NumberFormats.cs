using System.Globalization;
using System.Xml;

namespace Maydon.Catalog.Importing.Files;

/// <summary>How a workbook shows its numbers, as far as it matters for what they were meant to be: with zeros before them, or as dates.</summary>
internal sealed class NumberFormats
{
    private const int Most = 100_000;

    /// <summary>Excel keeps fifteen digits of a number.</summary>
    private const double FirstRounded = 1e15;

    private readonly Dictionary<int, string> _codes = [];
    private readonly List<int> _styles = [];

    public static NumberFormats Read(XmlReader? xml)
    {
        var formats = new NumberFormats();
        var inCells = false;
        using (xml)
        {
            while (xml?.Read() is true)
            {
                if (xml.LocalName == "cellXfs")
                    inCells = xml.NodeType == XmlNodeType.Element;
                else if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "numFmt" && Number(xml, "numFmtId") is { } id && xml.GetAttribute("formatCode") is { } code)
                    formats._codes[id] = code;
                else if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "xf" && inCells)
                    formats._styles.Add(Number(xml, "numFmtId") ?? 0);
                if (formats._codes.Count > Most || formats._styles.Count > Most)
                    throw new UnreadableSheetException("import_too_large");
            }
        }

        return formats;
    }

    /// <summary>A number as whoever typed it wrote it, as far as it can be told.</summary>
    public SheetCell Write(string number, int style)
    {
        var format = style < _styles.Count ? _styles[style] : 0;
        var code = _codes.GetValueOrDefault(format, "");
        // 14 to 22 and 45 to 47 are built in (ECMA-376, 18.8.30).
        if (format is (>= 14 and <= 22) or (>= 45 and <= 47) || IsDate(code))
            return new SheetCell(number, "import_cell_date");
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || Math.Abs(value) >= FirstRounded)
            return new SheetCell(number, "import_cell_number");
        var zeros = code.Length > 1 && code.AsSpan().TrimStart('0').IsEmpty && value >= 0 && Math.Floor(value) == value ? code : "0.###############";
        return new SheetCell(value.ToString(zeros, CultureInfo.InvariantCulture));
    }

    /// <summary>A year, month, day, hour or second outside of what stands in quotes or brackets.</summary>
    private static bool IsDate(string code)
    {
        var (quoted, bracketed) = (false, false);
        for (var i = 0; i < code.Length; i++)
        {
            if (code[i] == '\\')
                i++;
            else if (code[i] == '"')
                quoted = !quoted;
            else if (!quoted && code[i] is '[' or ']')
                bracketed = code[i] == '[';
            else if (!quoted && !bracketed && code[i] is 'y' or 'Y' or 'm' or 'M' or 'd' or 'D' or 'h' or 'H' or 's' or 'S')
                return true;
        }

        return false;
    }

    private static int? Number(XmlReader xml, string attribute) =>
        int.TryParse(xml.GetAttribute(attribute), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
