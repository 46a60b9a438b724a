using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Kernel.Outbox;

/// <summary>What goes first when much is due at once.</summary>
public enum OutboxPriority
{
    /// <summary>Somebody sits and waits for it, such as a sign-in code. Wakes the worker at once and has a lane of its own.</summary>
    Urgent = 0,

    /// <summary>Handled within about a second; later while hundreds of requests a second come.</summary>
    Normal = 1,

    /// <summary>Only when nothing more important is due.</summary>
    Low = 2,
}

/// <summary>
/// Something to be done after the commit, at least once: a mail, a webhook. Written in the transaction that causes it.
/// <paramref name="Kind"/> names the handler; (kind, subject) is unique, so the same thing never goes out twice.
/// </summary>
public sealed record OutboxMessage(string Kind, string Subject, string PayloadJson, DateTimeOffset DueAt, OutboxPriority Priority = OutboxPriority.Normal)
{
    /// <summary>Payloads are snake_case, so that SQL can build them too.</summary>
    internal static readonly JsonSerializerOptions PayloadFormat = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static OutboxMessage Create<T>(string kind, string subject, T payload, DateTimeOffset dueAt, OutboxPriority priority = OutboxPriority.Normal) =>
        new(kind, subject, JsonSerializer.Serialize(payload, PayloadFormat), dueAt, priority);
}

public static class OutboxWriter
{
    private const string NewSql = """
        insert into kernel.outbox (kind, subject, payload, due_at, priority)
        select * from unnest($1, $2, $3, $4, $5)
        """;

    private const string Sql = NewSql + "\non conflict (kind, subject) do nothing";

    /// <summary>One statement for all messages, to be part of the caller's transaction.</summary>
    public static NpgsqlBatchCommand Command(IReadOnlyCollection<OutboxMessage> messages) => Command(Sql, messages);

    /// <summary>
    /// The same for messages whose subject cannot have been there before, because it names what this transaction makes: looking for it costs
    /// as much as half of the insert. Should it be there all the same, <c>outbox_once</c> is violated.
    /// </summary>
    public static NpgsqlBatchCommand CommandForNew(IReadOnlyCollection<OutboxMessage> messages) => Command(NewSql, messages);

    private static NpgsqlBatchCommand Command(string sql, IReadOnlyCollection<OutboxMessage> messages) => new(sql)
    {
        Parameters =
        {
            new() { Value = messages.Select(message => message.Kind).ToArray() },
            new() { Value = messages.Select(message => message.Subject).ToArray() },
            new() { Value = messages.Select(message => message.PayloadJson).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
            new() { Value = messages.Select(message => message.DueAt.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
            new() { Value = messages.Select(message => (short)message.Priority).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint },
        },
    };

    public static async Task AddAsync(NpgsqlConnection connection, OutboxMessage message, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Command([message]) } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
