using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Kernel.Outbox;

/// <summary>A message that was tried in vain until nobody tried any more.</summary>
public sealed record DeadMessage(string Kind, string Subject, DateTimeOffset DueAt, int Attempts, string? LastError);

/// <summary>For the people who run the server: what never went out, and another round for it.</summary>
public sealed class DeadMessages(NpgsqlDataSource database, TimeProvider clock)
{
    private const string ListSql = """
        select kind, subject, due_at, attempts, last_error from kernel.outbox where state = 'dead' order by id desc limit $1
        """;

    private const string RetrySql = "update kernel.outbox set state = 'pending', attempts = 0, locked_until = $1 where state = 'dead'";

    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select count(*) from kernel.outbox where state = 'dead'");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<DeadMessage>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ListSql);
        command.Parameters.Add(new() { Value = limit });
        var messages = new List<DeadMessage>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            messages.Add(new DeadMessage(
                reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetInt32(3),
                await reader.IsDBNullAsync(4, cancellationToken) ? null : reader.GetString(4)));
        }

        return messages;
    }

    /// <summary>Makes all of them due now, with all their attempts again, and returns how many there were.</summary>
    public async Task<int> RetryAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(RetrySql);
        command.Parameters.Add(new() { Value = clock.Now().UtcDateTime });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
