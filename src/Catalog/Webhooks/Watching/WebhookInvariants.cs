using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Catalog.Webhooks.Watching;

/// <summary>Since it began, as far back as the log goes, every change of its list is in exactly one delivery of a subscription, and in order.</summary>
internal sealed class WebhooksFollowTheFeed(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from catalog.webhooks",
        """
        with deliveries as (
            select d.id, d.webhook_id, w.list, w.began_after, d.since, d.first_position, d.last_position, d.changes,
                lag(d.last_position) over before as before, row_number() over (partition by d.webhook_id order by d.id desc) as from_last, w.told
            from catalog.webhook_deliveries d join catalog.webhooks w on w.id = d.webhook_id
            where d.event = 'changes' and d.replay_of is null
            window before as (partition by d.webhook_id order by d.id)
        )
        select format('webhook %s was told up to %s, and the feed ends with %s', w.id, w.told, f.latest)
        from catalog.webhooks w, (select coalesce(max(position), 0) as latest from catalog.changes) f where w.told > f.latest
        union all
        select format('delivery %s of webhook %s goes on after %s, and before it was told up to %s', id, webhook_id, since, coalesce(before, began_after))
        from deliveries where since <> before or since < began_after
        union all
        select format('delivery %s of webhook %s is its last and ends with %s, and it was told up to %s', id, webhook_id, last_position, told)
        from deliveries where from_last = 1 and last_position <> told
        union all
        select format('delivery %s of webhook %s has %s changes from %s to %s, and the feed has %s of them, %s between it and the one before',
            d.id, d.webhook_id, d.changes, d.first_position, d.last_position, f.inside, f.overlooked)
        from deliveries d, lateral (
            select count(*) filter (where c.position >= d.first_position) as inside, count(*) filter (where c.position < d.first_position) as overlooked
            from catalog.changes c where c.list = d.list and c.position > d.since and c.position <= d.last_position
        ) f
        where f.inside <> d.changes or f.overlooked > 0
        """);

    public string Name => "every webhook is told every change of its list, and in order";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}
