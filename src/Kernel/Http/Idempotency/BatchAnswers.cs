using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Maydon.Kernel.Http.Idempotency;

/// <summary>
/// The requests of one batch that carry an <c>Idempotency-Key</c>: what is known of their keys, and the first answers to be stored in the
/// transaction of what they tell. First <see cref="Queries"/> and <see cref="ReadAsync"/>, then <see cref="Known"/> and
/// <see cref="Store"/> for each request, at last <see cref="AddWrites"/>.
/// </summary>
public sealed class BatchAnswers(IReadOnlyList<IdempotencyTicket> tickets)
{
    private readonly List<(IdempotencyTicket Ticket, StoredAnswer Answer)> _answers = [];
    private readonly Dictionary<IdempotencyTicket, IResult> _known = new(ReferenceEqualityComparer.Instance);
    private DateTimeOffset _now;

    /// <summary>None when no request carries a key.</summary>
    public IReadOnlyList<NpgsqlBatchCommand> Queries(DateTimeOffset now)
    {
        _now = now;
        return tickets.Count == 0 ? [] : [IdempotencyStore.LockCommand(tickets), IdempotencyStore.FindCommand(tickets, now)];
    }

    /// <summary>From before the first row of the first query's result to the end of the last.</summary>
    public async Task ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var verdicts = await IdempotencyStore.ReadVerdictsAsync(reader, tickets, cancellationToken);
        for (var n = 0; n < tickets.Count; n++)
        {
            if (verdicts[n] is { } known)
                _known.Add(tickets[n], known);
        }
    }

    /// <summary>What this request is answered instead of being decided; null to decide it.</summary>
    public IResult? Known(IdempotencyTicket ticket) => _known.GetValueOrDefault(ticket);

    public void Store(IdempotencyTicket ticket, StoredAnswer answer)
    {
        if (StoredAnswer.IsWorthKeeping(answer.Status))
            _answers.Add((ticket, answer));
    }

    public void AddWrites(NpgsqlBatchCommandCollection writes)
    {
        if (_answers.Count > 0)
            writes.Add(IdempotencyStore.SaveCommand(_answers, _now));
    }
}
