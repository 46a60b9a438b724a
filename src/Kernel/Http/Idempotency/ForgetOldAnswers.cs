using Maydon.Kernel.Jobs;
using Maydon.Kernel.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Kernel.Http.Idempotency;

/// <summary>Deletes answers older than 24 hours, a few thousand at a time so that no request waits for it.</summary>
internal sealed class ForgetOldAnswers(NpgsqlDataSource database, TimeProvider clock) : IScheduledJob
{
    private const int AtOnce = 5000;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        int deleted;
        do
        {
            await using var command = database.CreateCommand("""
                delete from kernel.idempotency_keys where ctid = any (array(
                    select ctid from kernel.idempotency_keys where created_at <= $1 order by created_at limit $2 for update skip locked))
                """);
            command.Parameters.Add(new() { Value = (clock.Now() - IdempotencyStore.Lifetime).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new() { Value = AtOnce });
            deleted = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (deleted == AtOnce);
    }
}
