using Maydon.Kernel.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Kernel.Outbox;

/// <summary>A message that was tried in vain until nobody tried any more.</summary>
public sealed record DeadMessage(long Id, string Kind, string Subject, DateTimeOffset DueAt, int Attempts, string? LastError);

/// <summary>For the people who run the server: what never went out, and the button that tries again.</summary>
public sealed class DeadMessages(NpgsqlDataSource database, TimeProvider clock)
{
    private const string ListSql = """
        select id, kind, subject, due_at, attempts, last_error from kernel.outbox
        where state = 'dead' and id < $1 order by id desc limit $2
        """;

    private const string RetrySql = """
        update kernel.outbox set state = 'pending', attempts = 0, locked_until = $2
        where state = 'dead' and (id = $1 or $1 is null)
        """;

    /// <summary>The newest first; the next page begins <paramref name="before"/> the last id of this one.</summary>
    public async Task<IReadOnlyList<DeadMessage>> ListAsync(long before, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ListSql);
        command.Parameters.Add(new() { Value = before });
        command.Parameters.Add(new() { Value = limit });
        var messages = new List<DeadMessage>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            messages.Add(new DeadMessage(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetInt32(4),
                await reader.IsDBNullAsync(5, cancellationToken) ? null : reader.GetString(5)));
        }

        return messages;
    }

    /// <summary>Makes one dead message, or with null every one, due now with all its attempts again. Returns how many there were.</summary>
    public async Task<int> RetryAsync(long? id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(RetrySql);
        command.Parameters.Add(new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = clock.Now().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
