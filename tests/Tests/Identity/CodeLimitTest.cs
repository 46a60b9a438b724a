using System.Net;
using Maydon.Identity.Sessions;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Maydon.Tests.Identity;

/// <summary>How much a stranger may have written and mailed: per recipient, per address, and for how long it is kept.</summary>
public sealed class CodeLimitTest(TestPostgres postgres) : IAsyncLifetime
{
    private const int Limit = 6;
    private readonly IdentityServer _identity = new(postgres);

    public ValueTask InitializeAsync() => _identity.StartAsync(
        settings => settings with { Throttles = settings.Throttles with { Codes = new Rate(Limit, TimeSpan.FromHours(1)) } },
        builder => builder.Services.AddSingleton<IStartupFilter, ProbePeer>());

    public ValueTask DisposeAsync() => _identity.DisposeAsync();

    [Fact]
    public async Task An_address_has_so_many_requests_that_send_or_try_a_code_whatever_the_recipients()
    {
        var known = await _identity.CreatePersonAsync("Seeker");
        var client = From("203.0.113.5");
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/auth/password/reset", new { email = known.Email })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/auth/resend-otp", new { email = "one@example.org" })).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await SignUpAsync(client, "two@example.org")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await SignUpAsync(client, "two@example.org")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync("/auth/verify-email", new { email = "three@example.org", otp = "123456" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await ConfirmAsync(client, "four@example.org")).StatusCode);

        var before = await LeftBehindAsync();
        foreach (var email in new[] { known.Email, "five@example.org" })
        {
            foreach (var ask in new Func<Task<HttpResponseMessage>>[]
            {
                () => client.PostAsync("/auth/password/reset", new { email }), () => client.PostAsync("/auth/resend-otp", new { email }), () => SignUpAsync(client, email),
                () => client.PostAsync("/auth/verify-email", new { email, otp = "123456" }), () => ConfirmAsync(client, email),
            })
            {
                using var refused = await ask();
                await refused.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "throttled");
                Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalMinutes, 59, 60);
            }
        }

        Assert.Equal(before, await LeftBehindAsync());
        // Only this address, only these operations, only for an hour.
        Assert.Equal(HttpStatusCode.OK, (await From("203.0.113.6").PostAsync("/auth/resend-otp", new { email = "five@example.org" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/auth/login", new { email = known.Email, password = IdentityServer.Password })).StatusCode);
        _identity.Server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/auth/resend-otp", new { email = "six@example.org" })).StatusCode);
    }

    [Fact]
    public async Task A_recipients_limit_holds_for_all_purposes_together()
    {
        const string email = "both@example.org";
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(i, i)).StatusCode);
            // Neither purpose may go ahead within the minute.
            await (await AskAsync(i, i)).ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "throttled");
            using var early = await AskAsync(i, i + 1);
            await early.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "throttled");
            if (i < 4)
                Assert.InRange(early.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 50, 60);
            _identity.Server.Clock.Advance(TimeSpan.FromSeconds(61));
        }

        for (var purpose = 0; purpose < 2; purpose++)
            await (await AskAsync(9, purpose)).ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "throttled");
        Assert.Equal(["reset_password", "reset_password", "verify_email", "verify_email", "verify_email"], (await _identity.CodesAsync(email)).Select(code => code.Purpose).Order());

        // A stranger who has used them up keeps nobody from signing up.
        Assert.Equal(HttpStatusCode.Created, (await SignUpAsync(From("203.0.113.99"), email)).StatusCode);

        Task<HttpResponseMessage> AskAsync(int address, int purpose) =>
            From($"203.0.113.{address}").PostAsync(purpose % 2 == 0 ? "/auth/resend-otp" : "/auth/password/reset", new { email });
    }

    [Fact]
    public async Task A_code_for_one_purpose_leaves_that_of_the_other_as_it_is()
    {
        const string email = "two-codes@example.org";
        var client = From("203.0.113.5");
        await SignUpAsync(client, email);
        var code = await _identity.CodeAsync(email);
        _identity.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/auth/password/reset", new { email })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/auth/verify-email", new { email, otp = code })).StatusCode);
    }

    [Fact]
    public async Task What_a_code_leaves_behind_is_forgotten_step_by_step()
    {
        var client = From("203.0.113.5");
        await client.PostAsync("/auth/resend-otp", new { email = "nobody@example.org" });
        await SignUpAsync(client, "typo@example.org");
        await _identity.Server.App.Services.GetRequiredService<OutboxWorker>().DrainAsync(CancellationToken.None);
        await _identity.Server.ExecuteAsync("update kernel.outbox set state = 'dead', done_at = null where state = 'sent'");
        await _identity.Server.ExecuteAsync("insert into kernel.outbox (kind, subject, payload, due_at, state) values ('of.another-kind', 'a', '{}', $1, 'dead')", _identity.Server.Clock.GetUtcNow().UtcDateTime);
        Assert.Equal("2 codes, 2 limits, 3 messages, 2 entries", await AfterAsync(TimeSpan.FromMinutes(59)));
        Assert.Equal("2 codes, 0 limits, 3 messages, 2 entries", await AfterAsync(TimeSpan.FromMinutes(4)));
        Assert.Equal("0 codes, 0 limits, 3 messages, 2 entries", await AfterAsync(TimeSpan.FromMinutes(4)));
        Assert.Equal("0 codes, 0 limits, 3 messages, 2 entries", await AfterAsync(TimeSpan.FromHours(22)));
        Assert.Equal("0 codes, 0 limits, 1 messages, 2 entries", await AfterAsync(TimeSpan.FromHours(1)));
        Assert.Equal("0 codes, 0 limits, 1 messages, 2 entries", await AfterAsync(TimeSpan.FromDays(363)));
        Assert.Equal("0 codes, 0 limits, 1 messages, 0 entries", await AfterAsync(TimeSpan.FromDays(1)));

        async Task<string?> AfterAsync(TimeSpan time)
        {
            _identity.Server.Clock.Advance(time);
            await _identity.Server.RunJobAsync<ForgetOldSessions>();
            await _identity.Server.RunJobAsync<CleanUpOutbox>();
            await _identity.Server.RunJobAsync<ForgetOldAudit>();
            return await LeftBehindAsync();
        }
    }

    [Fact]
    public async Task However_long_the_audit_log_has_grown_only_what_is_too_old_is_deleted()
    {
        var now = _identity.Server.Clock.GetUtcNow().UtcDateTime;
        await _identity.Server.ExecuteAsync("insert into kernel.audit_log (at, action) select $1 - interval '366 days', 'old' from generate_series(1, 12000)", now);
        await _identity.Server.ExecuteAsync("insert into kernel.audit_log (at, action) select $1 - interval '364 days', 'young' from generate_series(1, 3)", now);
        await _identity.Server.RunJobAsync<ForgetOldAudit>();
        Assert.Equal("young 3", await _identity.Server.ScalarAsync<string>("select string_agg(distinct action, ',') || ' ' || count(*) from kernel.audit_log"));
    }

    [Fact]
    public async Task A_flood_of_refused_sign_ins_fills_no_log()
    {
        for (var i = 0; i < 130; i++)
            await _identity.Anyone.PostAsync("/auth/login", new { email = $"guess{i}@example.org", password = "wrong" });
        Assert.Equal("throttled 50, wrong_credentials 50", await _identity.Server.ScalarAsync<string>(
            "select string_agg(reason || ' ' || n, ', ' order by reason) from (select details ->> 'reason', count(*) from kernel.audit_log group by 1) as counted (reason, n)"));
    }

    private HttpClient From(string address)
    {
        var client = _identity.Server.CreateClient();
        client.DefaultRequestHeaders.Add(ProbePeer.Header, address);
        return client;
    }

    private static Task<HttpResponseMessage> SignUpAsync(HttpClient client, string email) =>
        client.PostAsync("/auth/signup", new { email, password = IdentityServer.Password, role = "Seeker" });

    private static Task<HttpResponseMessage> ConfirmAsync(HttpClient client, string email) =>
        client.PostAsync("/auth/password/reset/confirm", new { email, otp = "123456", new_password = "quite-another-55" });

    private Task<string?> LeftBehindAsync() => _identity.Server.ScalarAsync<string>("""
        select format('%s codes, %s limits, %s messages, %s entries', (select count(*) from identity.one_time_codes), (select count(*) from identity.code_limits),
            (select count(*) from kernel.outbox), (select count(*) from kernel.audit_log))
        """);
}
