using Maydon.Kernel.Jobs;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Npgsql;

namespace Maydon.Identity.Sessions;

/// <summary>Deletes what nobody can use or ask about any more.</summary>
internal sealed class ForgetOldSessions(NpgsqlDataSource database, MaydonSettings settings, TimeProvider clock) : IScheduledJob
{
    private const string Sessions = """
        delete from identity.sessions where id in (select id from identity.sessions where expires_at < $1 or ended_at < $2 limit $3)
        """;

    private const string RefreshTokens = """
        delete from identity.refresh_tokens where hash in (select hash from identity.refresh_tokens where expires_at < $1 limit $2)
        """;

    private const string Codes = """
        delete from identity.one_time_codes where id in (select id from identity.one_time_codes where expires_at < $1 limit $2)
        """;

    private const string CodeLimits = """
        delete from identity.code_limits where recipient in (select recipient from identity.code_limits where sent_at < $1 limit $2)
            and sent_at < $1 -- again, of the row as it is by now: somebody may just have asked for another code
        """;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now().UtcDateTime;
        // An ended session stays until the last token that names it has expired, on whatever node.
        var endedBefore = now - settings.AccessTokenLifetime - settings.RefreshTokenLifetime;
        await database.DeleteInPortionsAsync(Sessions, [now.AddDays(-1), endedBefore], cancellationToken);
        await database.DeleteInPortionsAsync(RefreshTokens, [now], cancellationToken);
        // For an hour a late try is told that it is late.
        await database.DeleteInPortionsAsync(Codes, [now.AddHours(-1)], cancellationToken);
        await database.DeleteInPortionsAsync(CodeLimits, [now.AddHours(-1)], cancellationToken);
    }
}
