using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Kernel.Outbox;

/// <summary>
/// Something to be done after the commit, at least once: a mail, a webhook. Written in the transaction that causes it.
/// <paramref name="Kind"/> names the handler; (kind, subject) is unique, so the same thing never goes out twice.
/// </summary>
public sealed record OutboxMessage(string Kind, string Subject, string PayloadJson, DateTimeOffset DueAt)
{
    public static OutboxMessage Create<T>(string kind, string subject, T payload, DateTimeOffset dueAt) =>
        new(kind, subject, JsonSerializer.Serialize(payload), dueAt);
}

/// <summary>Does what messages of one kind ask for. Called outside any transaction; may be called again after a crash.</summary>
public interface IOutboxHandler
{
    string Kind { get; }

    /// <summary>Returns when the thing is done or no longer needed; throws to be tried again with back-off.</summary>
    Task HandleAsync(OutboxDelivery delivery, CancellationToken cancellationToken);
}

/// <summary>One attempt. <paramref name="Id"/> is stable over attempts and fit for a Message-ID or a provider's idempotency key.</summary>
public sealed record OutboxDelivery(long Id, string Kind, string Subject, string PayloadJson, int Attempt)
{
    public T Payload<T>() => JsonSerializer.Deserialize<T>(PayloadJson) ?? throw new InvalidOperationException($"Outbox row {Id} has an empty payload.");
}

public static class OutboxWriter
{
    private const string Sql = """
        insert into kernel.outbox (kind, subject, payload, due_at)
        select * from unnest($1, $2, $3, $4)
        on conflict (kind, subject) do nothing
        """;

    /// <summary>One statement for all messages, to be part of the caller's transaction.</summary>
    public static NpgsqlBatchCommand Command(IReadOnlyCollection<OutboxMessage> messages) => new(Sql)
    {
        Parameters =
        {
            new() { Value = messages.Select(message => message.Kind).ToArray() },
            new() { Value = messages.Select(message => message.Subject).ToArray() },
            new() { Value = messages.Select(message => message.PayloadJson).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
            new() { Value = messages.Select(message => message.DueAt.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
        },
    };

    public static async Task AddAsync(NpgsqlConnection connection, OutboxMessage message, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Command([message]) } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
