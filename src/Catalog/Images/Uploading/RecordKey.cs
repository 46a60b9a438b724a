using System.Globalization;
using Maydon.Catalog.Records;
using Npgsql;

namespace Maydon.Catalog.Images.Uploading;

/// <summary>What a form calls the record by: a code, or, under the list's own name, its id where there is no such code.</summary>
internal sealed record RecordKey(string Code, long Id)
{
    /// <summary>Null when the form says none.</summary>
    public static RecordKey? Of(CatalogList list, IReadOnlyDictionary<string, string> fields)
    {
        foreach (var name in new[] { list.CodeField, "code" })
        {
            if (fields.GetValueOrDefault(name)?.Trim() is { Length: > 0 } code)
                return new RecordKey(code, Id: 0);
        }

        return fields.GetValueOrDefault(list.Name)?.Trim() is { Length: > 0 } either
            ? new RecordKey(either, either[0] != '0' && long.TryParse(either, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            : null;
    }

    /// <summary>The id of the record; null when there is none but a deleted one.</summary>
    public async Task<long?> FindAsync(CatalogList list, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select id from {list.Table} where id = coalesce((select id from {list.Table} where code = $1), $2) and not is_deleted", connection);
        command.Parameters.Add(new() { Value = Code });
        command.Parameters.Add(new() { Value = Id });
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }
}
