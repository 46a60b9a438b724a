using Maydon.Kernel.Http.Idempotency;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Maydon.Inventory.Claims;

/// <summary>
/// The requests of one round that carry an <c>Idempotency-Key</c>: what is known of their keys, and the first answers to be stored in the
/// claims' transaction.
/// </summary>
public sealed class ClaimAnswers(IReadOnlyList<IdempotencyTicket> tickets)
{
    private readonly List<(IdempotencyTicket Ticket, StoredAnswer Answer)> _answers = [];
    private readonly Dictionary<IdempotencyTicket, IResult> _known = new(ReferenceEqualityComparer.Instance);
    private DateTimeOffset _now;

    public void AddReads(ClaimReads reads)
    {
        _now = reads.Now;
        if (tickets.Count == 0)
            return;
        reads.Add([IdempotencyStore.LockCommand(tickets), IdempotencyStore.FindCommand(tickets, _now)], async (reader, cancellationToken) =>
        {
            var verdicts = await IdempotencyStore.ReadVerdictsAsync(reader, tickets, cancellationToken);
            for (var n = 0; n < tickets.Count; n++)
            {
                if (verdicts[n] is { } known)
                    _known.Add(tickets[n], known);
            }
        });
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
