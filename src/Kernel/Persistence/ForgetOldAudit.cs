using Maydon.Kernel.Jobs;
using Maydon.Kernel.Settings;
using Npgsql;

namespace Maydon.Kernel.Persistence;

/// <summary>Deletes what happened before <c>AUDIT_KEEP_DAYS</c>, the oldest first.</summary>
internal sealed class ForgetOldAudit(NpgsqlDataSource database, MaydonSettings settings, TimeProvider clock) : IScheduledJob
{
    private const string Sql = "delete from kernel.audit_log where id in (select id from kernel.audit_log where at < $1 order by at limit $2)";

    public Task RunAsync(CancellationToken cancellationToken) =>
        database.DeleteInPortionsAsync(Sql, [(clock.Now() - settings.AuditKeep).UtcDateTime], cancellationToken);
}
