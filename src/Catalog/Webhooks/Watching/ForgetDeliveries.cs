using Maydon.Kernel.Jobs;
using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Catalog.Webhooks.Watching;

/// <summary>The log goes back 30 days. What waits is no log: it stays.</summary>
internal sealed class ForgetDeliveries(NpgsqlDataSource database, TimeProvider clock) : IScheduledJob
{
    public static readonly TimeSpan Keep = TimeSpan.FromDays(30);

    public Task RunAsync(CancellationToken cancellationToken) => database.DeleteInPortionsAsync(
        "delete from catalog.webhook_deliveries where id in (select id from catalog.webhook_deliveries where ended_at < $1 limit $2)",
        [clock.Now().UtcDateTime - Keep], cancellationToken);
}
