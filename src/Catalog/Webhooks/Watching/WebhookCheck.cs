using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Catalog.Webhooks.Watching;

/// <summary>Receivers that take nothing: others are at work, so people must hear of it.</summary>
internal sealed class WebhookCheck(NpgsqlDataSource database, TimeProvider clock) : ICheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromHours(1);

    public string Code => "catalog.webhooks";
    public Severity Severity => Severity.Warning;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        // A dead one that was taken when it was repeated is mended.
        await using var command = database.CreateCommand("""
            select
                (select count(*) from catalog.webhook_deliveries d where d.state = 'dead' and not exists (
                    select from catalog.webhook_deliveries r where r.webhook_id = d.webhook_id and r.replay_of = coalesce(d.replay_of, d.id) and r.state = 'delivered')),
                (select string_agg(distinct w.id::text, ', ') from catalog.webhooks w join catalog.webhook_deliveries d on d.webhook_id = w.id
                    where w.is_active and d.state = 'waiting' and coalesce(d.first_attempt_at, d.created_at) < $1),
                (select string_agg(id::text, ', ') from catalog.webhooks where gone_at is not null)
            """);
        command.Parameters.Add(new() { Value = (clock.Now() - s_patience).UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var faults = new List<string>();
        if (reader.GetInt64(0) is > 0 and var dead)
            faults.Add($"{dead} deliveries were given up after three days.");
        if (!reader.IsDBNull(1))
            faults.Add($"Webhooks that have taken nothing for an hour: {reader.GetString(1)}.");
        if (!reader.IsDBNull(2))
            faults.Add($"Webhooks that were switched off because the receiver said it was gone: {reader.GetString(2)}.");
        return faults.Count == 0
            ? CheckResult.Passed("Every receiver takes what it is sent.")
            : CheckResult.Failed(string.Join(' ', faults), "/api/v1/webhooks/{id}/deliveries/ tells what they answered. Mend the receiver and replay what is dead, or delete the webhook.");
    }
}
