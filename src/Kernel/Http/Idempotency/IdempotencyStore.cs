using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Kernel.Http.Idempotency;

/// <summary>
/// The statements behind <c>Idempotency-Key</c>, for one request or a whole batch of them. All belong into the transaction of the
/// effect: the locks live until its end, and the answer becomes visible together with what it tells.
/// <code>
/// batch.BatchCommands.Add(IdempotencyStore.LockCommand(tickets));
/// batch.BatchCommands.Add(IdempotencyStore.FindCommand(tickets, now));    // a statement of its own: it must see what was committed before the lock was got
/// var verdicts = await IdempotencyStore.ReadVerdictsAsync(reader, tickets, cancellationToken);    // then reader.NextResultAsync for the caller's own results
/// … IdempotencyStore.SaveCommand(answers, now)
/// </code>
/// </summary>
public static class IdempotencyStore
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public static NpgsqlBatchCommand LockCommand(IReadOnlyList<IdempotencyTicket> tickets) => new(
        "select pg_try_advisory_xact_lock(id) from unnest($1) with ordinality as ticket(id, n) order by n")
    {
        Parameters = { new() { Value = tickets.Select(ticket => ticket.LockId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint } },
    };

    public static NpgsqlBatchCommand FindCommand(IReadOnlyList<IdempotencyTicket> tickets, DateTimeOffset now) => new("""
        select (n - 1)::int, request_hash, status, content_type, location, etag, body
        from unnest($1, $2) with ordinality as ticket(scope, key, n) join kernel.idempotency_keys using (scope, key)
        where created_at > $3
        """)
    {
        Parameters =
        {
            Texts(tickets.Select(ticket => ticket.Scope)),
            Texts(tickets.Select(ticket => ticket.Key)),
            Time(now - Lifetime),
        },
    };

    /// <summary>
    /// Reads the results of <see cref="LockCommand"/> and <see cref="FindCommand"/>. Null: go on and run the request. Otherwise the answer
    /// that this request gets and nothing else happens: the stored one, 422 <c>idempotency_key_reused</c> or 409 <c>in_progress</c>.
    /// </summary>
    public static async Task<IReadOnlyList<IResult?>> ReadVerdictsAsync(NpgsqlDataReader reader, IReadOnlyList<IdempotencyTicket> tickets, CancellationToken cancellationToken)
    {
        var verdicts = new IResult?[tickets.Count];
        // A lock can be got twice by the same transaction: of two requests with one key in one batch the first runs.
        var running = new HashSet<(string, string)>();
        for (var n = 0; await reader.ReadAsync(cancellationToken); n++)
        {
            if (!running.Add((tickets[n].Scope, tickets[n].Key)) || !reader.GetBoolean(0))
                verdicts[n] = Problem.Conflict("in_progress");
        }

        await reader.NextResultAsync(cancellationToken);
        foreach (var (n, verdict) in await ReadFoundAsync(reader, tickets, cancellationToken))
            verdicts[n] = verdict;
        return verdicts;
    }

    /// <summary>The result of <see cref="FindCommand"/> alone: the position of each ticket that has an answer already.</summary>
    internal static async Task<List<(int Position, IResult Verdict)>> ReadFoundAsync(NpgsqlDataReader reader, IReadOnlyList<IdempotencyTicket> tickets, CancellationToken cancellationToken)
    {
        var found = new List<(int, IResult)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var n = reader.GetInt32(0);
            var same = reader.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(tickets[n].RequestHash);
            found.Add((n, same ? ReadAnswer(reader).Again() : Problem.Of(StatusCodes.Status422UnprocessableEntity, "idempotency_key_reused")));
        }

        return found;
    }

    /// <summary>Stores first answers. Only for tickets that were locked in this transaction and found to have none.</summary>
    public static NpgsqlBatchCommand SaveCommand(IReadOnlyList<(IdempotencyTicket Ticket, StoredAnswer Answer)> answers, DateTimeOffset now) => new("""
        insert into kernel.idempotency_keys as existing (scope, key, request_hash, status, content_type, location, etag, body, created_at)
        select *, $9 from unnest($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (scope, key) do update set request_hash = excluded.request_hash, status = excluded.status, content_type = excluded.content_type,
            location = excluded.location, etag = excluded.etag, body = excluded.body, created_at = excluded.created_at
        """)
    {
        Parameters =
        {
            Texts(answers.Select(answer => answer.Ticket.Scope)),
            Texts(answers.Select(answer => answer.Ticket.Key)),
            Bytes(answers.Select(answer => answer.Ticket.RequestHash)),
            new() { Value = answers.Select(answer => answer.Answer.Status).ToArray() },
            Texts(answers.Select(answer => answer.Answer.ContentType)),
            Texts(answers.Select(answer => answer.Answer.Location)),
            Texts(answers.Select(answer => answer.Answer.ETag)),
            Bytes(answers.Select(answer => answer.Answer.Body)),
            Time(now),
        },
    };

    private static StoredAnswer ReadAnswer(NpgsqlDataReader reader) =>
        new(reader.GetInt32(2), ReadText(reader, 3), ReadText(reader, 4), reader.GetFieldValue<byte[]>(6)) { ETag = ReadText(reader, 5) };

    private static string? ReadText(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static NpgsqlParameter Texts(IEnumerable<string?> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter Bytes(IEnumerable<byte[]> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea };

    private static NpgsqlParameter Time(DateTimeOffset value) => new() { Value = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
