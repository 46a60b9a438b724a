using Maydon.Kernel.Jobs;
using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Kernel.Outbox;

/// <summary>
/// Forgets what was done 30 days ago. Until then its row is what keeps the same thing from going out twice, so nothing may be queued
/// again by a job that looks further back. Dead messages stay until somebody decides, unless their kind is soon worth nothing.
/// </summary>
internal sealed class CleanUpOutbox(NpgsqlDataSource database, IEnumerable<OutboxKind> kinds, TimeProvider clock) : IScheduledJob
{
    public static readonly TimeSpan Keep = TimeSpan.FromDays(30);

    private const string Sql = "delete from kernel.outbox where id in (select id from kernel.outbox where done_at < $1 limit $2)";

    // The unique key begins with the kind.
    private const string ShortLivedSql = """
        delete from kernel.outbox where id in (
            select id from kernel.outbox where kind = $1 and state <> 'pending' and due_at < $2 and (done_at is null or done_at < $2) limit $3)
        """;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now().UtcDateTime;
        foreach (var kind in kinds)
        {
            if (kind.Keep is { } keep)
                await database.DeleteInPortionsAsync(ShortLivedSql, [kind.Name, now - keep], cancellationToken);
        }

        await database.DeleteInPortionsAsync(Sql, [now - Keep], cancellationToken);
    }
}
