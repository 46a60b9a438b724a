using Maydon.Kernel.Jobs;
using Maydon.Kernel.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Kernel.Outbox;

/// <summary>
/// Forgets what was done 30 days ago. Until then its row is what keeps the same thing from going out twice, so nothing may be queued
/// again by a job that looks further back. Dead messages stay until somebody decides.
/// </summary>
internal sealed class CleanUpOutbox(NpgsqlDataSource database, TimeProvider clock) : IScheduledJob
{
    public static readonly TimeSpan Keep = TimeSpan.FromDays(30);
    private const int Chunk = 10_000;

    private const string Sql = """
        delete from kernel.outbox where id in (select id from kernel.outbox where done_at < $1 limit $2)
        """;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var before = (clock.Now() - Keep).UtcDateTime;
        int deleted;
        do
        {
            await using var command = database.CreateCommand(Sql);
            command.Parameters.Add(new() { Value = before, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new() { Value = Chunk });
            deleted = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (deleted == Chunk);
    }
}
