using Maydon.Catalog.Reading;
using Maydon.Kernel.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Catalog.Writing;

/// <summary>By which way a change comes, who made it, and of an import the file.</summary>
internal sealed record ChangeOrigin(string Way, long? By, string? Source = null);

/// <summary>
/// How every transaction that writes master data begins, before it locks a row: writers come one after the other (docs/decisions/0028), what they
/// change says where it came from, and what was read before is read anew once they commit.
/// </summary>
internal sealed class CatalogTurn(DbSession session, CatalogStamps stamps)
{
    public async Task TakeAsync(ChangeOrigin origin, CancellationToken cancellationToken)
    {
        await using (var command = new NpgsqlCommand("select catalog.begin_writing($1, $2, $3)", session.Connection))
        {
            command.Parameters.Add(new() { Value = origin.Way });
            command.Parameters.Add(new() { Value = (object?)origin.By ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
            command.Parameters.Add(new() { Value = (object?)origin.Source ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await stamps.WrittenAsync(session, cancellationToken);
    }
}
