using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Catalog.Importing;

internal sealed class ImportsCountTheirRefusals(NpgsqlDataSource database) : IInvariantCheck
{
    // Those of an import that is being forgotten go before it.
    private static readonly InvariantQuery s_query = new(
        "select count(*) from catalog.imports",
        """
        select format('import %s of %s counts %s refused rows, and %s are kept', i.task_id, i.list, i.errors, count(r.import_id))
        from catalog.imports i left join catalog.import_refusals r on r.import_id = i.id
        group by i.id having count(r.import_id) > i.errors or (count(r.import_id) < i.errors and (i.completed_at is null or i.completed_at > now() - interval '30 days'))
        """);

    public string Name => "every import keeps the rows that it refused";

    public Task<InvariantResult> RunAsync(CancellationToken cancellationToken) => s_query.RunAsync(database, cancellationToken);
}
