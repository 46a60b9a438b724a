using Maydon.Kernel.Jobs;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Sessions;

/// <summary>Deletes what nobody can use or ask about any more, in portions that lock little.</summary>
internal sealed class ForgetOldSessions(IdentityDb db, MaydonSettings settings, TimeProvider clock) : IScheduledJob
{
    private const int Portion = 5_000;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now();
        // An ended session stays until the last token that names it has expired, on whatever node.
        var endedBefore = now - settings.AccessTokenLifetime - settings.RefreshTokenLifetime;
        while (await db.Database.ExecuteSqlAsync($"""
            delete from identity.sessions where id in (
                select id from identity.sessions where expires_at < {now.AddDays(-1)} or ended_at < {endedBefore} limit {Portion})
            """, cancellationToken) == Portion)
        {
        }

        while (await db.Database.ExecuteSqlAsync($"""
            delete from identity.refresh_tokens where hash in (select hash from identity.refresh_tokens where expires_at < {now} limit {Portion})
            """, cancellationToken) == Portion)
        {
        }

        while (await db.Database.ExecuteSqlAsync($"""
            delete from identity.one_time_codes where id in (
                select id from identity.one_time_codes where created_at < {now.AddHours(-1) - settings.OtpExpiry} limit {Portion})
            """, cancellationToken) == Portion)
        {
        }
    }

}
