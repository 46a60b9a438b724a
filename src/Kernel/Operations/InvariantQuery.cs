using System.Data;
using Npgsql;

namespace Maydon.Kernel.Operations;

/// <summary>An invariant in SQL: how many rows there are, and a line of text for each that breaks it.</summary>
/// <param name="Count">One bigint.</param>
/// <param name="Drifts">One text column; no row when all is well.</param>
public sealed record InvariantQuery(string Count, string Drifts)
{
    // More lines tell nobody more.
    private const int MostDrifts = 1_000;

    /// <summary>Both from one snapshot.</summary>
    public async Task<InvariantResult> RunAsync(NpgsqlDataSource database, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var counting = new NpgsqlCommand(Count, connection) { CommandTimeout = 0 };
        var examined = await counting.ExecuteScalarAsync(cancellationToken) is long count ? count : 0;
        await using var command = new NpgsqlCommand($"select * from ({Drifts}) as drift limit {MostDrifts}", connection) { CommandTimeout = 0 };
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var drifts = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            drifts.Add(reader.GetString(0));
        return new InvariantResult(examined, drifts);
    }
}
