using Maydon.Catalog.Importing.Files;
using Maydon.Catalog.Importing.Rows;
using Maydon.Catalog.Importing.Tasks;
using Maydon.Catalog.Records;
using Maydon.Kernel.Http;
using Npgsql;

namespace Maydon.Catalog.Importing;

/// <summary>What an import of this file would come to now.</summary>
/// <param name="Deactivations">Active records that it would make inactive, of <paramref name="Active"/>.</param>
/// <param name="NeedsConfirmation">They are so many that the import would ask first.</param>
/// <param name="UnknownColumns">Headings that are none of the list's: what is in those columns is passed over.</param>
/// <param name="Refused">The first hundred rows that would not be taken.</param>
public sealed record ImportPreview(
    int Total, int Created, int Updated, int Unchanged, int Errors, int Deactivations, long Active, bool NeedsConfirmation, IReadOnlyList<string> UnknownColumns,
    IReadOnlyList<RefusedRowItem> Refused);

/// <summary>A row by its number in the file, and why it would not be taken.</summary>
public sealed record RefusedRowItem(int Row, string Reason);

/// <summary>Reads a file as its import would, batch by batch, and writes nothing.</summary>
internal sealed class PreviewImport(NpgsqlDataSource database, ImportFiles files)
{
    private const int MostRefused = 100;
    private const int LongestHeading = 100;
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    public async Task<(ImportPreview? Preview, Problem? Refusal)> RunAsync(CatalogList list, UploadedFile file, bool mayAdd, CancellationToken cancellationToken)
    {
        using var place = await files.Readers.EnterAsync(cancellationToken);
        if (place is null)
            return (null, Problem.Unavailable(s_soon));
        try
        {
            return (await ReadAsync(list, file, mayAdd, cancellationToken), null);
        }
        catch (UnreadableSheetException e)
        {
            return (null, StartImport.Unreadable(e));
        }
    }

    private async Task<ImportPreview> ReadAsync(CatalogList list, UploadedFile file, bool mayAdd, CancellationToken cancellationToken)
    {
        using var rows = files.Open(file.TaskId, list);
        var statements = new BatchStatements(list, rows.Columns);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var (created, updated, unchanged, errors, deactivations) = (0, 0, 0, 0, 0);
        var refused = new List<RefusedRowItem>();
        while (rows.Read(after: 0, cancellationToken) is { } batch)
        {
            var fates = await statements.CompareAsync(connection, batch, mayAdd, cancellationToken);
            deactivations += await statements.CountDeactivationsAsync(connection, batch, cancellationToken);
            (created, updated, unchanged, errors) = (created + fates.New.Count, updated + fates.Changed.Count, unchanged + fates.Unchanged, errors + fates.Refused.Count);
            refused.AddRange(fates.Refused.OrderBy(row => row.Number).Take(MostRefused - refused.Count).Select(row => new RefusedRowItem(row.Number, RowFault.Describe(row.Faults))));
        }

        var active = await ActiveRecords.CountAsync(connection, list, cancellationToken);
        return new ImportPreview(created + updated + unchanged + errors, created, updated, unchanged, errors, deactivations, active, Brake.Stops(deactivations, active),
            [.. rows.Columns.Unknown.Select(heading => heading.Length > LongestHeading ? heading[..LongestHeading] : heading)], refused);
    }
}
