using System.Net;
using Maydon.Tests.Kernel;

namespace Maydon.Tests.Identity;

/// <summary>The code: right, wrong, late, too often, replaced, and for nobody.</summary>
public sealed class VerifyEmailTest(IdentityServer identity) : IClassFixture<IdentityServer>
{
    [Fact]
    public async Task The_right_code_verifies_once_and_lets_sign_in()
    {
        var email = await SignUpAsync();
        var code = await identity.CodeAsync(email);
        using var early = await identity.Anyone.PostAsync("/auth/login", new { email, password = IdentityServer.Password });
        await early.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "email_not_verified");

        using var verified = await VerifyAsync(email.ToUpperInvariant(), code);
        Assert.Equal(HttpStatusCode.OK, verified.StatusCode);
        Assert.Equal(email, (await verified.ReadAsync()).Text("email"));
        Assert.True(await IsVerifiedAsync(email));
        using var login = await identity.Anyone.PostAsync("/auth/login", new { email, password = IdentityServer.Password });
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);

        using var again = await VerifyAsync(email, code);
        await again.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "otp_invalid");
    }

    [Fact]
    public async Task Of_many_right_tries_at_once_exactly_one_counts()
    {
        var email = await SignUpAsync();
        var code = await identity.CodeAsync(email);
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => VerifyAsync(email, code)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(1, await identity.Server.ScalarAsync<long>(
            "select count(*) from kernel.audit_log a join identity.users u on u.id = a.user_id where a.action = 'email_verified' and u.email = $1", email));
    }

    [Fact]
    public async Task Three_wrong_tries_burn_the_code()
    {
        var email = await SignUpAsync();
        for (var i = 0; i < 3; i++)
            await (await VerifyAsync(email, await identity.WrongCodeAsync(email))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "otp_invalid");
        await (await VerifyAsync(email, await identity.CodeAsync(email))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "otp_attempts_exceeded");
        Assert.False(await IsVerifiedAsync(email));
    }

    [Fact]
    public async Task The_third_try_may_still_be_right()
    {
        var email = await SignUpAsync();
        for (var i = 0; i < 2; i++)
            await VerifyAsync(email, await identity.WrongCodeAsync(email));
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(email, await identity.CodeAsync(email))).StatusCode);
    }

    [Fact]
    public async Task Of_fifty_wrong_tries_at_once_at_most_three_are_compared()
    {
        var email = await SignUpAsync();
        var wrong = await identity.WrongCodeAsync(email);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => VerifyAsync(email, wrong)));
        var codes = await Task.WhenAll(answers.Select(async answer => (await answer.ReadAsync()).Text("code")));
        Assert.Equal(3, codes.Count(code => code == "otp_invalid"));
        Assert.Equal(47, codes.Count(code => code == "otp_attempts_exceeded"));
        Assert.Equal(3, await identity.Server.ScalarAsync<int>("select attempts from identity.one_time_codes order by id desc limit 1"));
        await (await VerifyAsync(email, await identity.CodeAsync(email))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "otp_attempts_exceeded");
    }

    [Fact]
    public async Task A_code_is_good_for_five_minutes()
    {
        var (inTime, late) = (await SignUpAsync(), await SignUpAsync());
        identity.Server.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(inTime, await identity.CodeAsync(inTime))).StatusCode);
        identity.Server.Clock.Advance(TimeSpan.FromSeconds(5));
        await (await VerifyAsync(late, await identity.CodeAsync(late))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "otp_expired");
        Assert.False(await IsVerifiedAsync(late));
    }

    [Fact]
    public async Task A_new_code_voids_the_old_one()
    {
        var email = await SignUpAsync();
        var old = await identity.CodeAsync(email);
        string fresh;
        do
        {
            identity.Server.Clock.Advance(TimeSpan.FromMinutes(61));
            Assert.Equal(HttpStatusCode.OK, (await ResendAsync(email)).StatusCode);
            fresh = await identity.CodeAsync(email);
        }
        while (fresh == old);
        await (await VerifyAsync(email, old)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "otp_invalid");
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(email, fresh)).StatusCode);
    }

    [Fact]
    public async Task A_code_of_one_account_is_nothing_to_another()
    {
        var (one, other) = (await SignUpAsync(), await SignUpAsync());
        var code = await identity.CodeAsync(one);
        if (code != await identity.CodeAsync(other))
            await (await VerifyAsync(other, code)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "otp_invalid");
        Assert.False(await IsVerifiedAsync(other));
    }

    [Fact]
    public async Task A_code_for_one_purpose_is_nothing_for_the_other()
    {
        var email = await SignUpAsync();
        var code = await identity.CodeAsync(email);
        using var reset = await identity.Anyone.PostAsync("/auth/password/reset/confirm", new { email, otp = code, new_password = "quite-another-55" });
        await reset.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "otp_invalid");
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(email, code)).StatusCode);
    }

    [Fact]
    public async Task An_unknown_email_answers_exactly_like_a_known_one_try_by_try()
    {
        var known = await SignUpAsync();
        identity.Server.Clock.Advance(TimeSpan.FromMinutes(61));
        const string unknown = "nobody-at-all@example.org";
        await (await VerifyAsync(unknown, "123456")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "otp_invalid");

        Assert.Equal(await TalkAsync(known), await TalkAsync(unknown));

        // Resend, four wrong tries, resend too early, late try: status, code and what the person reads.
        async Task<List<string>> TalkAsync(string email)
        {
            var heard = new List<string> { await HearAsync(await ResendAsync(email)) };
            for (var i = 0; i < 4; i++)
                heard.Add(await HearAsync(await VerifyAsync(email, await identity.WrongCodeAsync(email))));
            heard.Add(await HearAsync(await ResendAsync(email)));
            identity.Server.Clock.Advance(TimeSpan.FromMinutes(6));
            heard.Add(await HearAsync(await ResendAsync(email)));
            identity.Server.Clock.Advance(TimeSpan.FromMinutes(6));
            heard.Add(await HearAsync(await VerifyAsync(email, await identity.WrongCodeAsync(email))));
            Assert.Contains(heard, text => text.Contains("otp_attempts_exceeded", StringComparison.Ordinal));
            Assert.Contains(heard, text => text.Contains("otp_expired", StringComparison.Ordinal));
            return heard;
        }
    }

    [Fact]
    public async Task Codes_go_out_once_a_minute_and_five_times_an_hour_for_known_and_unknown_alike()
    {
        foreach (var email in new[] { await SignUpAsync(), $"unknown{identity.GetHashCode()}@example.org" })
        {
            identity.Server.Clock.Advance(TimeSpan.FromMinutes(61));
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal(HttpStatusCode.OK, (await ResendAsync(email)).StatusCode);
                using var early = await ResendAsync(email.ToUpperInvariant());
                await early.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "throttled");
                if (i < 4)
                    Assert.InRange(early.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 50, 60);
                identity.Server.Clock.Advance(TimeSpan.FromSeconds(61));
            }

            using var sixth = await ResendAsync(email);
            await sixth.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "throttled");
            Assert.InRange(sixth.Headers.RetryAfter!.Delta!.Value.TotalMinutes, 53, 56);
            identity.Server.Clock.Advance(TimeSpan.FromMinutes(56));
            Assert.Equal(HttpStatusCode.OK, (await ResendAsync(email)).StatusCode);
        }
    }

    [Fact]
    public async Task Of_many_resends_at_once_one_sends()
    {
        var email = await SignUpAsync();
        identity.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ResendAsync(email)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(19, answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
        Assert.Equal(2, (await identity.CodesAsync(email)).Count);
    }

    [Fact]
    public async Task A_stranger_who_asks_for_codes_first_keeps_nobody_from_signing_up()
    {
        const string email = "later@example.org";
        await ResendAsync(email);
        using var answer = await identity.Anyone.PostAsync("/auth/signup", new { email, password = IdentityServer.Password, role = "Seeker" });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(email, await identity.CodeAsync(email))).StatusCode);
    }

    private static int s_people;

    private async Task<string> SignUpAsync()
    {
        var email = $"verify{Interlocked.Increment(ref s_people)}@example.org";
        using var answer = await identity.Anyone.PostAsync("/auth/signup", new { email, password = IdentityServer.Password, role = "Seeker" });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return email;
    }

    private Task<HttpResponseMessage> VerifyAsync(string email, string otp) => identity.Anyone.PostAsync("/auth/verify-email", new { email, otp });

    private Task<HttpResponseMessage> ResendAsync(string email) => identity.Anyone.PostAsync("/auth/resend-otp", new { email });

    private Task<bool> IsVerifiedAsync(string email) => identity.Server.ScalarAsync<bool>("select email_verified from identity.users where email = $1", email);

    private static async Task<string> HearAsync(HttpResponseMessage answer)
    {
        var body = await answer.ReadAsync();
        var code = body.TryGetProperty("code", out var value) ? value.GetString() : "";
        return $"{(int)answer.StatusCode} {code} {body.Text("detail")} {answer.Headers.RetryAfter is not null}";
    }
}
