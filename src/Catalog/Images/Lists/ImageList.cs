using System.Runtime.InteropServices;
using Maydon.Catalog.Images.Files;
using Maydon.Catalog.Records;
using Npgsql;

namespace Maydon.Catalog.Images.Lists;

/// <summary>The images of one list's records.</summary>
internal abstract class ImageList<TItem>(CatalogList records) where TItem : CatalogImageItem
{
    /// <summary>In the order of <see cref="ImageRow"/>.</summary>
    public const string Columns = "i.id, i.record_id, t.code, f.path, f.width, f.height, i.is_main, i.category, i.note, i.position, i.created_at, i.updated_at, i.version";

    /// <summary>Images <c>i</c> of records <c>t</c> with files <c>f</c>.</summary>
    public string Source => $"catalog.images i join {Records.Table} t on t.id = i.record_id and i.list = '{Records.Name}' join catalog.files f on f.id = i.file_id";

    /// <summary>Who may read and write them is who may that of the records.</summary>
    public CatalogList Records => records;

    public string Address => $"/api/v1/{Records.Name}-image/";

    /// <summary>How the form of a creation is described.</summary>
    public abstract Type Form { get; }

    public abstract Type BulkForm { get; }

    /// <summary>Field → what a list is ordered by.</summary>
    public IReadOnlyDictionary<string, string> Orders { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["id"] = "i.id",
        [records.Name] = "i.record_id",
        [records.CodeField] = "t.code",
        ["width"] = "f.width",
        ["height"] = "f.height",
        ["is_main"] = "i.is_main",
        ["category"] = "catalog.fold(i.category)",
        ["note"] = "catalog.fold(i.note)",
        ["position"] = "i.position",
        ["created_at"] = "i.created_at",
        ["updated_at"] = "i.updated_at",
        ["version"] = "i.version",
    };

    public abstract TItem Read(NpgsqlDataReader reader);
}

[StructLayout(LayoutKind.Auto)]
internal readonly record struct ImageRow(
    long Id, long RecordId, string Code, string Path, int Width, int Height, bool IsMain, string? Category, string? Note, int Position, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, long Version)
{
    public static ImageRow Of(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4), reader.GetInt32(5), reader.GetBoolean(6),
        reader.IsDBNull(7) ? null : reader.GetString(7), reader.IsDBNull(8) ? null : reader.GetString(8), reader.GetInt32(9),
        reader.GetFieldValue<DateTimeOffset>(10), reader.GetFieldValue<DateTimeOffset>(11), reader.GetInt64(12));

    public string Url() => $"/media/{Path}";

    public string Url(int size) => ImageFiles.VariantOf(Url(), size);
}
