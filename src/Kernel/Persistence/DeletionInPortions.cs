using Npgsql;

namespace Maydon.Kernel.Persistence;

public static class DeletionInPortions
{
    private const int Portion = 5_000;

    /// <summary>Deletes however many rows, a few thousand per transaction, so that no request waits for it.</summary>
    /// <param name="sql">Deletes at most as many as its last parameter says; the others are <paramref name="values"/>.</param>
    public static async Task DeleteInPortionsAsync(this NpgsqlDataSource database, string sql, IReadOnlyList<object> values, CancellationToken cancellationToken)
    {
        int deleted;
        do
        {
            await using var command = database.CreateCommand(sql);
            foreach (var value in values.Append(Portion))
                command.Parameters.Add(new() { Value = value });
            deleted = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (deleted == Portion);
    }
}
