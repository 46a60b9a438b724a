using System.Net;
using System.Text.Json;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;

namespace Maydon.Tests.Identity;

/// <summary>Signing in: by which names, with which answer, and what it never tells.</summary>
public sealed class SignInTest(IdentityServer identity) : IClassFixture<IdentityServer>
{
    [Fact]
    public async Task The_answer_holds_both_tokens_and_the_account_and_is_recorded()
    {
        var person = await identity.CreatePersonAsync("Facilitator", "Seeker");
        using var client = identity.Server.CreateClient();
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Browser/1.0");
        using var answer = await client.PostAsync("/auth/login", new { email = person.Email, password = IdentityServer.Password });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var body = await answer.ReadAsync();
        Assert.Equal(["access", "refresh", "user"], body.EnumerateObject().Select(field => field.Name));
        var user = body.GetProperty("user");
        Assert.Equal(
            ["id", "email", "phone", "full_name", "role", "roles", "email_verified", "language", "date_joined"],
            user.EnumerateObject().Select(field => field.Name));
        Assert.Equal(person.Id, user.GetProperty("id").GetInt64());
        Assert.Equal("Facilitator", user.Text("role"));
        Assert.Equal(JsonValueKind.Null, user.GetProperty("phone").ValueKind);
        Assert.EndsWith("Z", user.Text("date_joined"), StringComparison.Ordinal);

        using var me = await identity.Bearing(body.Text("access")).GetAsync("/auth/me");
        Assert.Equal(user.GetRawText(), (await me.ReadAsync()).GetRawText());
        Assert.Equal(["signed_in"], await identity.AuditAsync(person.Id));
        Assert.Equal(1, await identity.Server.ScalarAsync<long>("select count(*) from identity.sessions where user_id = $1 and device = 'Browser/1.0'", person.Id));
        Assert.True(await identity.Server.ScalarAsync<bool>("select last_login is not null from identity.users where id = $1", person.Id));
    }

    [Theory]
    [InlineData("+998 (90) 123-45-67")]
    [InlineData("901234567")]
    [InlineData("998901234567")]
    [InlineData("90 123 45 67")]
    public async Task A_phone_is_found_in_every_spelling(string phone)
    {
        await identity.Server.ExecuteAsync("delete from identity.users where phone = '+998901234567'");
        var person = await identity.CreatePersonAsync("Seeker");
        await identity.Server.ExecuteAsync("update identity.users set phone = '+998901234567' where id = $1", person.Id);
        using var login = await identity.Anyone.PostAsync("/auth/login", new { phone, password = IdentityServer.Password });
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        using var token = await identity.Anyone.PostAsync("/api/token/", new { username = phone, password = IdentityServer.Password });
        Assert.Equal(HttpStatusCode.OK, token.StatusCode);
    }

    [Fact]
    public async Task Unknown_wrong_inactive_and_passwordless_are_told_apart_by_nothing()
    {
        var known = await identity.CreatePersonAsync("Seeker");
        var inactive = await identity.CreatePersonAsync("Seeker");
        await identity.Server.ExecuteAsync("update identity.users set is_active = false where id = $1", inactive.Id);
        var passwordless = await identity.Server.CreateUserAsync("Seeker");
        var unverified = await identity.CreatePersonAsync("Seeker");
        await identity.Server.ExecuteAsync("update identity.users set email_verified = false where id = $1", unverified.Id);

        var answers = new[]
        {
            await TryAsync("nobody@example.org", IdentityServer.Password), await TryAsync(known.Email, "wrong"), await TryAsync(inactive.Email, IdentityServer.Password),
            await TryAsync(inactive.Email, "wrong"), await TryAsync(passwordless.Email, IdentityServer.Password), await TryAsync(unverified.Email, "wrong"), await TryAsync("no email", "x"),
        };
        Assert.Single(answers.Distinct());
        Assert.Contains("401 invalid_credentials", answers[0], StringComparison.Ordinal);
        Assert.Equal(0, await identity.Server.ScalarAsync<long>("select count(*) from identity.sessions where user_id in ($1, $2, $3, $4)", known.Id, inactive.Id, passwordless.Id, unverified.Id));
        Assert.Equal(["sign_in_failed wrong_credentials"], await identity.AuditAsync(known.Id));

        async Task<string> TryAsync(string email, string password)
        {
            using var answer = await identity.Anyone.PostAsync("/auth/login", new { email, password });
            var body = await answer.ReadAsync();
            return $"{(int)answer.StatusCode} {body.Text("code")} {body.Text("detail")} {string.Join(',', answer.Headers.Select(header => header.Key))}";
        }
    }

    [Fact]
    public async Task Whom_to_sign_in_must_be_said()
    {
        using var neither = await identity.Anyone.PostAsync("/auth/login", new { password = "x" });
        await neither.ShouldNameAsync("email");
        using var noPassword = await identity.Anyone.PostAsync("/auth/login", new { email = "x@example.org" });
        await noPassword.ShouldNameAsync("password");
    }

    [Fact]
    public async Task A_stale_bearer_token_keeps_nobody_from_signing_in_or_refreshing()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        using var stale = identity.Bearing("stale");
        using var login = await stale.PostAsync("/auth/login", new { email = person.Email, password = IdentityServer.Password });
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        using var refresh = await stale.PostAsync("/auth/refresh", new { refresh = (await login.ReadAsync()).Text("refresh") });
        Assert.Equal(HttpStatusCode.OK, refresh.StatusCode);
        using var elsewhere = await stale.PostAsync("/auth/resend-otp", new { email = person.Email });
        await elsewhere.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
    }

    [Fact]
    public async Task An_older_hash_is_raised_to_todays_cost_at_the_next_sign_in()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var cheaper = ActivatorUtilities.CreateInstance<Maydon.Identity.Passwords.PasswordHashing>(identity.Server.App.Services, new Maydon.Identity.Passwords.PasswordCost(500));
        await identity.Server.ExecuteAsync("update identity.users set password_hash = $1 where id = $2", (await cheaper.HashAsync(IdentityServer.Password, default))!, person.Id);
        var before = await HashAsync();
        await identity.LoginAsync(person);
        var after = await HashAsync();
        Assert.NotEqual(before, after);
        await identity.LoginAsync(person);
        Assert.Equal(after, await HashAsync());

        Task<string?> HashAsync() => identity.Server.ScalarAsync<string>("select password_hash from identity.users where id = $1", person.Id);
    }
}
