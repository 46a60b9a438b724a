using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Events.Registrations;

internal sealed class RegistrationsMatchClaims(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from events.registrations",
        """
        select format('registration %s is %s, its claim %s is %s', r.id, r.status, r.claim_id, coalesce(c.state, 'missing'))
        from events.registrations r left join inventory.claims c on c.id = r.claim_id and c.kind = 'registration'
        where (r.status in ('registered', 'attended')) is distinct from coalesce(c.state = 'confirmed', false)
        union all
        select format('claim %s is %s and belongs to %s registrations', c.id, c.state, count(r.id))
        from inventory.claims c left join events.registrations r on r.claim_id = c.id
        where c.kind = 'registration' and c.state <> 'released'
        group by c.id, c.state having count(r.id) <> 1
        union all
        select format('user %s has %s registrations for event %s', user_id, count(*), event_id)
        from events.registrations group by event_id, user_id having count(*) > 1
        union all
        select format('registration %s is of user %s, who does not exist', r.id, r.user_id)
        from events.registrations r where not exists (select from identity.people p where p.id = r.user_id)
        """);

    public string Name =>
        "every registration is somebody's and has a confirmed claim while it holds a seat, every such claim has one registration, and everybody one row per event";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}

internal sealed class SeatsMatchRegistrations(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from inventory.pools where kind = 'event'",
        """
        select format('event %s has %s seats taken and %s people registered', coalesce(p.subject_id, r.event_id), coalesce(p.taken, 0), coalesce(r.seated, 0))
        from (select subject_id, taken from inventory.pools where kind = 'event') p
        full join (
            select event_id, count(*) as seated from events.registrations where status in ('registered', 'attended') group by event_id
        ) r on r.event_id = p.subject_id
        where coalesce(p.taken, 0) <> coalesce(r.seated, 0)
        union all
        select format('event %s has no pool of seats', e.id)
        from events.events e where not exists (select from inventory.pools p where p.kind = 'event' and p.subject_id = e.id)
        """);

    public string Name => "every event has as many seats taken as people registered";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}
