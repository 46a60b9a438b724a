using System.Text;
using System.Xml;
using Maydon.Catalog.Sheets;

namespace Maydon.Catalog.Importing.Files;

/// <summary>The text within an element of a workbook: of all its runs, but not how to pronounce them.</summary>
internal static class CellText
{
    /// <param name="xml">At the beginning of the element; then at its end.</param>
    /// <param name="within">Only what stands in elements of this name.</param>
    public static string Read(XmlReader xml, string? within = "t")
    {
        if (xml.IsEmptyElement)
            return "";
        var (depth, text, chunk) = (xml.Depth, new StringBuilder(), new char[1024]);
        var (inside, spoken) = (within is null, 0);
        while (xml.Read() && xml.Depth > depth)
        {
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "rPh" && !xml.IsEmptyElement)
                spoken++;
            else if (xml.NodeType == XmlNodeType.EndElement && xml.LocalName == "rPh")
                spoken--;
            else if (within is not null && xml.LocalName == within && xml.NodeType is XmlNodeType.Element or XmlNodeType.EndElement)
                inside = xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement;
            else if (inside && spoken == 0 && xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace)
                Append(xml, text, chunk);
        }

        return ExcelText.Unescape(text.ToString());
    }

    private static void Append(XmlReader xml, StringBuilder text, char[] chunk)
    {
        int read;
        while ((read = xml.ReadValueChunk(chunk, 0, chunk.Length)) > 0)
            text.Append(chunk, 0, Math.Min(read, SheetRows.LongestCell + 1 - Math.Min(text.Length, SheetRows.LongestCell + 1)));
    }
}
