using System.IO.Compression;
using System.Xml;

namespace Maydon.Catalog.Importing.Files;

/// <summary>
/// The parts of a workbook that are needed, as readers of XML that load nothing, expand nothing and keep nothing they need not. What is not a workbook, or
/// would become too large, is refused.
/// </summary>
internal sealed class XlsxPackage : IDisposable
{
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    private readonly ZipArchive _archive;
    private readonly SheetLimits _limits;

    private XlsxPackage(ZipArchive archive, SheetLimits limits) => (_archive, _limits) = (archive, limits);

    public static XlsxPackage Open(string path, SheetLimits limits) => Guarded(() =>
    {
        var archive = ZipFile.OpenRead(path);
        if (archive.Entries.Count <= limits.Entries)
            return new XlsxPackage(archive, limits);
        archive.Dispose();
        throw new UnreadableSheetException("import_too_large");
    });

    /// <summary>The first sheet, as the workbook orders them.</summary>
    public XmlReader OpenSheet() => Guarded(() => Open(FindSheet(), _limits.SheetBytes) ?? throw new UnreadableSheetException("import_no_workbook"));

    /// <summary>Null when the workbook does without.</summary>
    public XmlReader? OpenPart(string name) => Guarded(() => Open($"xl/{name}", _limits.PartBytes));

    /// <summary>Damage is found wherever the damaged place is read.</summary>
    public static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is XmlException or InvalidDataException)
        {
            throw new UnreadableSheetException("import_no_workbook");
        }
    }

    public void Dispose() => _archive.Dispose();

    private string FindSheet()
    {
        string? id = null;
        using (var workbook = Open("xl/workbook.xml", _limits.PartBytes))
        {
            while (id is null && workbook?.Read() is true)
            {
                if (workbook is { NodeType: XmlNodeType.Element, LocalName: "sheet" })
                    id = workbook.GetAttribute("id", Relations) ?? workbook.GetAttribute("id", "http://purl.oclc.org/ooxml/officeDocument/relationships");
            }
        }

        using var relations = Open("xl/_rels/workbook.xml.rels", _limits.PartBytes);
        while (id is not null && relations?.Read() is true)
        {
            if (relations is { NodeType: XmlNodeType.Element, LocalName: "Relationship" } && relations.GetAttribute("Id") == id && relations.GetAttribute("Target") is { } target)
                return target.StartsWith('/') ? target[1..] : $"xl/{target}";
        }

        throw new UnreadableSheetException("import_no_workbook");
    }

    private XmlReader? Open(string path, long longest)
    {
        // Some programs write the parts' names in letters of another case.
        var entry = _archive.GetEntry(path) ?? _archive.Entries.FirstOrDefault(other => other.FullName.Equals(path, StringComparison.OrdinalIgnoreCase));
        return entry is null ? null : XmlReader.Create(new GuardedStream(entry.Open(), longest), new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            NameTable = new FewNames(),
            CloseInput = true,
        });
    }

    /// <summary>A reader remembers every name that it has met: a sheet has a few dozen of them.</summary>
    private sealed class FewNames : NameTable
    {
        private const int Most = 10_000;
        private int _count;

        public override string Add(char[] key, int start, int len) => Get(key, start, len) ?? (++_count <= Most ? base.Add(key, start, len) : throw new UnreadableSheetException("import_too_large"));
    }
}
