using Maydon.Kernel.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Kernel.Outbox;

/// <summary>How the outbox stands. <paramref name="OldestAge"/> is how long the oldest pending message is overdue.</summary>
public sealed record OutboxState(long Due, TimeSpan? OldestAge, long Dead);

/// <summary>For the health checks and the meters.</summary>
public sealed class OutboxStatus(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Sql = """
        select due.count, due.oldest, (select count(*) from kernel.outbox where state = 'dead')
        from (select count(*), min(due_at) as oldest from kernel.outbox where state = 'pending' and due_at <= $1) due
        """;

    public async Task<OutboxState> ReadAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var oldest = await reader.IsDBNullAsync(1, cancellationToken) ? (TimeSpan?)null : now - reader.GetFieldValue<DateTimeOffset>(1);
        return new OutboxState(reader.GetInt64(0), oldest, reader.GetInt64(2));
    }
}
