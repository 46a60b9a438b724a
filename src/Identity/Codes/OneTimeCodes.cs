using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Maydon.Identity.Accounts;
using Maydon.Identity.Tokens;
using Maydon.Kernel.Http;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity.Codes;

internal static class CodePurpose
{
    public const string VerifyEmail = "verify_email";
    public const string ResetPassword = "reset_password";
}

/// <summary>A try that was right, by the id of its code, or why it was not.</summary>
internal sealed record CodeTry(long? CodeId, Problem? Refusal);

/// <summary>
/// Six digits that prove a mailbox. One row per recipient and purpose, whether or not there is such an account, so that asking for a
/// code and trying one do the same work and give the same answers for both.
/// </summary>
internal sealed class OneTimeCodes(IdentityDb db, DbSession session, DerivedKeys keys, MaydonSettings settings, TimeProvider clock)
{
    private const int MostPerHour = 5;

    /// <summary>
    /// Voids the last code for the purpose and mails a new one, in the caller's transaction. Not null: how long to wait, as one per minute and
    /// five per hour go to one recipient, whatever they are for.
    /// </summary>
    /// <param name="isFirst">The account has just been made: whatever a stranger asked for before counts no more.</param>
    public async Task<TimeSpan?> SendAsync(Identifier recipient, string purpose, bool isFirst, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        var key = KeyOf(recipient);
        var (minuteAgo, hourAgo) = (now.AddMinutes(-1), now.AddHours(-1));
        var ids = await db.Database.SqlQuery<long>($"""
            with allowed as (
                insert into identity.code_limits as sent (recipient, sent_at, hour_started_at, hour_count) values ({key}, {now}, {now}, 1)
                on conflict (recipient) do update set
                    sent_at = excluded.sent_at,
                    hour_started_at = case when {isFirst} or sent.hour_started_at <= {hourAgo} then excluded.hour_started_at else sent.hour_started_at end,
                    hour_count = case when {isFirst} or sent.hour_started_at <= {hourAgo} then 1 else sent.hour_count + 1 end
                where {isFirst} or (sent.sent_at <= {minuteAgo} and (sent.hour_started_at <= {hourAgo} or sent.hour_count < {MostPerHour}))
                returning recipient)
            insert into identity.one_time_codes (recipient, purpose, hash, expires_at)
            select recipient, {purpose}, {HashOf(recipient, purpose, code)}, {now + settings.OtpExpiry} from allowed
            on conflict (recipient, purpose) do update set
                id = default, hash = excluded.hash, expires_at = excluded.expires_at, attempts = 0, used_at = null
            returning id as "Value"
            """).ToListAsync(cancellationToken);
        if (ids is not [var id])
            return await WaitAsync(key, now, cancellationToken);
        await OutboxWriter.AddAsync(session.Connection, CodeMail.Message(keys, id, recipient, purpose, code, now), cancellationToken);
        return null;
    }

    /// <summary>
    /// Counts the try before it compares, in a statement of its own that is committed by then: however many try at once, only so many
    /// ever compare. A right one is good until <see cref="UseAsync"/>.
    /// </summary>
    public async Task<CodeTry> TryAsync(Identifier? recipient, string purpose, string? code, CancellationToken cancellationToken)
    {
        if (recipient is null)
            return new(null, Invalid());
        var now = clock.Now();
        var key = KeyOf(recipient);
        var counted = await db.Database.SqlQuery<CountedCode>($"""
            update identity.one_time_codes set attempts = attempts + 1
            where recipient = {key} and purpose = {purpose} and used_at is null and expires_at > {now} and attempts < {settings.OtpMaxAttempts}
            returning id, hash
            """).ToListAsync(cancellationToken);
        if (counted is [var row])
            return CryptographicOperations.FixedTimeEquals(row.Hash, HashOf(recipient, purpose, code?.Trim() ?? "")) ? new(row.Id, null) : new(null, Invalid());

        var states = await db.Database.SqlQuery<CodeState>($"""
            select used_at is not null as used, expires_at <= {now} as expired from identity.one_time_codes where recipient = {key} and purpose = {purpose}
            """).ToListAsync(cancellationToken);
        return new(null, states switch
        {
            [{ Used: false, Expired: true }] => Problem.Of(400, "otp_expired"),
            [{ Used: false }] => Problem.Of(400, "otp_attempts_exceeded"),
            _ => Invalid(),
        });
    }

    /// <summary>In the transaction of what the code is good for. False: it was used or replaced meanwhile.</summary>
    public async Task<bool> UseAsync(long codeId, CancellationToken cancellationToken) =>
        await db.Database.ExecuteSqlAsync($"update identity.one_time_codes set used_at = {clock.Now()} where id = {codeId} and used_at is null", cancellationToken) == 1;

    /// <summary>Ends a code that may still be on its way, in the caller's transaction.</summary>
    public Task VoidAsync(Identifier recipient, string purpose, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"update identity.one_time_codes set used_at = {clock.Now()} where recipient = {KeyOf(recipient)} and purpose = {purpose} and used_at is null", cancellationToken);

    /// <summary>Whether a code could still be entered; otherwise there is no point in mailing it.</summary>
    public Task<bool> IsLiveAsync(long codeId, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        return db.Database.SqlQuery<long>($"""
            select id as "Value" from identity.one_time_codes
            where id = {codeId} and used_at is null and expires_at > {now} and attempts < {settings.OtpMaxAttempts}
            """).AnyAsync(cancellationToken);
    }

    public static Problem Invalid() => Problem.Of(400, "otp_invalid");

    private async Task<TimeSpan> WaitAsync(byte[] key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var free = await db.Database.SqlQuery<DateTimeOffset>($"""
            select greatest(sent_at + interval '1 minute', case when hour_count >= {MostPerHour} then hour_started_at + interval '1 hour' end) as "Value"
            from identity.code_limits where recipient = {key}
            """).SingleAsync(cancellationToken);
        return free - now;
    }

    private byte[] KeyOf(Identifier recipient) => HMACSHA256.HashData(keys.CodeHashing, Encoding.UTF8.GetBytes($"recipient\n{recipient.Value}"));

    private byte[] HashOf(Identifier recipient, string purpose, string code) =>
        HMACSHA256.HashData(keys.CodeHashing, Encoding.UTF8.GetBytes($"code\n{purpose}\n{recipient.Value}\n{code}"));

    private sealed record CountedCode(long Id, byte[] Hash);

    private sealed record CodeState(bool Used, bool Expired);
}
