using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Catalog.Changes;

internal sealed class ChangesHaveNoGap(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from catalog.changes",
        """
        select format('%s changes have positions from %s to %s', count(*), min(position), max(position)) from catalog.changes
        having count(*) > 0 and (min(position) <> 1 or max(position) <> count(*))
        """);

    public string Name => "the changes of the catalogue are numbered without a gap";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}

/// <summary>Whoever plays the changes one after the other comes to what the lists hold.</summary>
internal sealed class RecordsMatchTheirChanges(NpgsqlDataSource database) : IInvariantCheck
{
    // Times are left out: as text within a change they are spelled as the server spelled them then. Of a field the last word counts.
    private static readonly InvariantQuery s_query = new(
        "select (select count(*) from catalog.projects) + (select count(*) from catalog.clients) + (select count(*) from catalog.items)",
        """
        with records as (
            select 'project' as list, id, version, updated_at, catalog.copy_of(to_jsonb(t)) - 'created_at' as now from catalog.projects t
            union all select 'client', id, version, updated_at, catalog.copy_of(to_jsonb(t)) - 'created_at' from catalog.clients t
            union all select 'nomenklatura', id, version, updated_at, catalog.copy_of(to_jsonb(t)) - 'created_at' from catalog.items t
        ), words as (
            select c.list, c.record_id, c.position, f.key, f.value from catalog.changes c, jsonb_each(c.record) f
            union all select c.list, c.record_id, c.position, f.key, f.value -> 1 from catalog.changes c, jsonb_each(c.fields) f
        ), replayed as (
            select list, record_id, jsonb_object_agg(key, value order by position) - 'created_at' as now from words group by list, record_id
        ), told as (
            select list, record_id, count(*) as changes, max(version) as version, max(at) as at from catalog.changes group by list, record_id
        )
        select format('%s %s is version %s of %s and is %s; its %s changes end with version %s of %s and make it %s',
            coalesce(r.list, t.list), coalesce(r.id, t.record_id), r.version, r.updated_at, r.now, t.changes, t.version, t.at, p.now)
        from records r
        full join told t on t.list = r.list and t.record_id = r.id
        left join replayed p on p.list = t.list and p.record_id = t.record_id
        where (t.list in ('project', 'client', 'nomenklatura') or t.list is null)
            and (r.version is distinct from t.version or t.changes is distinct from t.version or r.updated_at is distinct from t.at or r.now is distinct from p.now)
        """);

    public string Name => "every record of the catalogue is what its changes make it";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}

internal sealed class ListsHaveTheirSizes(NpgsqlDataSource database) : IInvariantCheck
{
    private static readonly InvariantQuery s_query = new(
        "select count(*) from catalog.sizes",
        """
        select format('%s is said to have %s records with is_active = %s, and has %s', s.list, s.size, s.is_active, coalesce(r.count, 0))
        from catalog.sizes s
        left join (
            select 'project' as list, is_active, count(*) from catalog.projects where not is_deleted group by is_active
            union all select 'client', is_active, count(*) from catalog.clients where not is_deleted group by is_active
            union all select 'nomenklatura', is_active, count(*) from catalog.items where not is_deleted group by is_active
        ) r on r.list = s.list and r.is_active = s.is_active
        where s.size <> coalesce(r.count, 0)
        """);

    public string Name => "every list of the catalogue is as long as it says";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}
