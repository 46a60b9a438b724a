using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Events.Mails;

/// <summary>One mail for one enrolment: the outbox's key rules out a second, this looks for the first as long as the outbox remembers it.</summary>
internal sealed class EveryEnrolmentIsConfirmed(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from events.registrations where status in ('registered', 'attended') and registered_at > now() - interval '29 days'",
        """
        select format('registration %s with claim %s has no confirmation in the outbox', id, claim_id)
        from events.registrations r
        where status in ('registered', 'attended') and registered_at > now() - interval '29 days'
        and not exists (select from kernel.outbox o where o.kind = 'events.confirmation' and o.subject = 'registration:' || r.id || ':' || r.claim_id)
        """);

    public string Name => "every enrolment of the last 29 days has its confirmation in the outbox";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}
