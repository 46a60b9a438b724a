using System.Net;
using System.Text.Json;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;

namespace Maydon.Tests.Identity;

/// <summary>Changing a password, and getting a new one by mail.</summary>
public sealed class PasswordTest(IdentityServer identity) : IClassFixture<IdentityServer>
{
    private const string New = "quite-another-55";

    [Fact]
    public async Task Changing_it_ends_the_other_sessions_and_keeps_this_one()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var (here, there) = (await identity.LoginAsync(person), await identity.LoginAsync(person));
        using var answer = await ChangeAsync(here, IdentityServer.Password, New);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await MeAsync(here));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(there));
        Assert.Equal(HttpStatusCode.Unauthorized, (await identity.Anyone.PostAsync("/auth/refresh", new { refresh = there.Text("refresh") })).StatusCode);
        await identity.LoginAsync(person, New);
        Assert.Equal(HttpStatusCode.Unauthorized, (await identity.Anyone.PostAsync("/auth/login", new { email = person.Email, password = IdentityServer.Password })).StatusCode);
        Assert.Contains("password_changed", await identity.AuditAsync(person.Id));
    }

    [Fact]
    public async Task The_old_one_must_be_right_and_the_new_one_must_keep_the_rules()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var session = await identity.LoginAsync(person);
        var hash = await HashAsync(person);
        await (await ChangeAsync(session, "wrong", New)).ShouldNameAsync("old_password");
        await (await ChangeAsync(session, IdentityServer.Password, "password1")).ShouldNameAsync("new_password");
        await (await ChangeAsync(session, IdentityServer.Password, person.Email.Split('@')[0])).ShouldNameAsync("new_password");
        await (await ChangeAsync(session, null, null)).ShouldNameAsync("old_password", "new_password");
        Assert.Equal(hash, await HashAsync(person));
        using var nobody = await identity.Anyone.PostAsync("/auth/password/change", new { old_password = IdentityServer.Password, new_password = New });
        await nobody.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "not_authenticated");
    }

    [Fact]
    public async Task A_reset_code_sets_a_new_password_once_and_ends_every_session()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var session = await identity.LoginAsync(person);
        var code = await RequestAsync(person);
        using var answer = await ConfirmAsync(person.Email, code, New);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(session));
        await identity.LoginAsync(person, New);
        await (await ConfirmAsync(person.Email, code, "yet-another-66")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "otp_invalid");
        await identity.LoginAsync(person, New);
        Assert.Contains("password_reset", await identity.AuditAsync(person.Id));
    }

    [Fact]
    public async Task Of_many_confirmations_at_once_exactly_one_counts()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var code = await RequestAsync(person);
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => ConfirmAsync(person.Email, code, $"parallel-word-{i}")));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.NoContent);
        Assert.Single(await identity.AuditAsync(person.Id), "password_reset");
    }

    [Fact]
    public async Task A_reset_lets_in_who_was_locked_out_and_verifies_the_mailbox()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        await identity.Server.ExecuteAsync("update identity.users set email_verified = false where id = $1", person.Id);
        for (var i = 0; i < 6; i++)
            await identity.Anyone.PostAsync("/auth/login", new { email = person.Email, password = "wrong" });
        Assert.Equal(HttpStatusCode.NoContent, (await ConfirmAsync(person.Email, await RequestAsync(person), New)).StatusCode);
        await identity.LoginAsync(person, New);
    }

    [Fact]
    public async Task A_weak_new_password_costs_no_try()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var code = await RequestAsync(person);
        for (var i = 0; i < 5; i++)
            await (await ConfirmAsync(person.Email, code, "password1")).ShouldNameAsync("new_password");
        await (await ConfirmAsync(person.Email, code, person.FullName)).ShouldNameAsync("new_password");
        Assert.Equal(HttpStatusCode.NoContent, (await ConfirmAsync(person.Email, code, New)).StatusCode);
    }

    [Fact]
    public async Task Three_wrong_codes_burn_it()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var code = await RequestAsync(person);
        var wrong = await identity.WrongCodeAsync(person.Email);
        var hash = await HashAsync(person);
        for (var i = 0; i < 3; i++)
            await (await ConfirmAsync(person.Email, wrong, New)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "otp_invalid");
        await (await ConfirmAsync(person.Email, code, New)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "otp_attempts_exceeded");
        Assert.Equal(hash, await HashAsync(person));
    }

    [Fact]
    public async Task Changing_the_password_voids_a_reset_that_is_on_its_way()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var session = await identity.LoginAsync(person);
        var code = await RequestAsync(person);
        await ChangeAsync(session, IdentityServer.Password, New);
        await (await ConfirmAsync(person.Email, code, "yet-another-66")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "otp_invalid");
    }

    [Fact]
    public async Task Asking_for_a_reset_tells_nothing_about_who_has_an_account()
    {
        var known = await identity.CreatePersonAsync("Seeker");
        var inactive = await identity.CreatePersonAsync("Seeker");
        await identity.Server.ExecuteAsync("update identity.users set is_active = false where id = $1", inactive.Id);
        var talks = new List<string>();
        foreach (var email in new[] { known.Email, inactive.Email, "nobody-reset@example.org" })
        {
            var heard = new List<string>();
            foreach (var step in new Func<Task<HttpResponseMessage>>[] { Ask, Ask, Confirm, Confirm, Confirm, Confirm })
            {
                using var answer = await step();
                var body = await answer.ReadAsync();
                heard.Add($"{(int)answer.StatusCode} {(body.TryGetProperty("code", out var code) ? code.GetString() : "")} {body.Text("detail")}");
            }

            talks.Add(string.Join('\n', heard));

            Task<HttpResponseMessage> Ask() => identity.Anyone.PostAsync("/auth/password/reset", new { email });
            async Task<HttpResponseMessage> Confirm() => await ConfirmAsync(email, await identity.WrongCodeAsync(email), New);
        }

        Assert.Single(talks.Distinct());
        Assert.StartsWith("200 ", talks[0], StringComparison.Ordinal);
        Assert.Contains("429 throttled", talks[0], StringComparison.Ordinal);
        Assert.Contains("400 otp_attempts_exceeded", talks[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_right_code_for_nobody_is_as_wrong_as_any()
    {
        await identity.Anyone.PostAsync("/auth/password/reset", new { email = "ghost@example.org" });
        await (await ConfirmAsync("ghost@example.org", await identity.CodeAsync("ghost@example.org"), New)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "otp_invalid");
        Assert.Equal(0, await identity.Server.ScalarAsync<long>("select count(*) from identity.users where email = 'ghost@example.org'"));
    }

    [Fact]
    public async Task Without_an_sms_provider_every_phone_is_told_so()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        await identity.Server.ExecuteAsync("update identity.users set phone = '+998935550011' where id = $1", person.Id);
        foreach (var phone in new[] { "+998935550011", "+998935550012", "nonsense" })
        {
            using var ask = await identity.Anyone.PostAsync("/auth/password/reset", new { phone });
            await ask.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "sms_unconfigured");
            using var confirm = await identity.Anyone.PostAsync("/auth/password/reset/confirm", new { phone, otp = "123456", new_password = New });
            await confirm.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "sms_unconfigured");
        }

        using var neither = await identity.Anyone.PostAsync("/auth/password/reset", new { });
        await neither.ShouldNameAsync("email");
    }

    private async Task<string> RequestAsync(TestAccount person)
    {
        using var answer = await identity.Anyone.PostAsync("/auth/password/reset", new { email = person.Email });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await identity.CodeAsync(person.Email);
    }

    private Task<HttpResponseMessage> ConfirmAsync(string email, string otp, string password) =>
        identity.Anyone.PostAsync("/auth/password/reset/confirm", new { email, otp, new_password = password });

    private Task<HttpResponseMessage> ChangeAsync(JsonElement session, string? old, string? password) =>
        identity.Bearing(session.Text("access")).PostAsync("/auth/password/change", new { old_password = old, new_password = password });

    private Task<string?> HashAsync(TestAccount person) => identity.Server.ScalarAsync<string>("select password_hash from identity.users where id = $1", person.Id);

    private async Task<HttpStatusCode> MeAsync(JsonElement tokens)
    {
        using var answer = await identity.Bearing(tokens.Text("access")).GetAsync("/auth/me");
        return answer.StatusCode;
    }
}
