using Maydon.Kernel.Jobs;
using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Kernel.Http.Idempotency;

/// <summary>Deletes answers older than 24 hours.</summary>
internal sealed class ForgetOldAnswers(NpgsqlDataSource database, TimeProvider clock) : IScheduledJob
{
    private const string Sql = """
        delete from kernel.idempotency_keys where ctid = any (array(
            select ctid from kernel.idempotency_keys where created_at <= $1 order by created_at limit $2 for update skip locked))
        """;

    public Task RunAsync(CancellationToken cancellationToken) =>
        database.DeleteInPortionsAsync(Sql, [(clock.Now() - IdempotencyStore.Lifetime).UtcDateTime], cancellationToken);
}
