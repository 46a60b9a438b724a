using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Kernel.Outbox;

/// <summary>How long the message has been waiting that has waited longest, of those that are due and that this release handles.</summary>
internal sealed class OutboxAge(NpgsqlDataSource database, IEnumerable<OutboxKind> kinds, TimeProvider clock)
{
    // One look into the index per priority, however many messages wait for their day.
    private const string Sql = """
        select min(oldest) from (values (0), (1), (2)) as priorities (priority), lateral (
            select coalesce(locked_until, due_at) as oldest from kernel.outbox message
            where message.state = 'pending' and message.priority = priorities.priority and coalesce(locked_until, due_at) <= $1 and message.kind = any($2)
            order by coalesce(locked_until, due_at), id limit 1) as first
        """;

    /// <summary>Null when none is due.</summary>
    public async Task<TimeSpan?> ReadAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now().UtcDateTime;
        await using var command = Command(now);
        return Age(now, await command.ExecuteScalarAsync(cancellationToken));
    }

    /// <summary>For meters, which cannot wait for a task.</summary>
    public TimeSpan? Read()
    {
        var now = clock.Now().UtcDateTime;
        using var command = Command(now);
        return Age(now, command.ExecuteScalar());
    }

    private NpgsqlCommand Command(DateTime now)
    {
        var command = database.CreateCommand(Sql);
        command.CommandTimeout = 5;
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = OutboxKind.Names(kinds) });
        return command;
    }

    private static TimeSpan? Age(DateTime now, object? oldest) => oldest is DateTime time ? now - time.ToUniversalTime() : null;
}
