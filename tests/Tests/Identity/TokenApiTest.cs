using System.Net;
using System.Text.Json;
using Maydon.Tests.Kernel;

namespace Maydon.Tests.Identity;

/// <summary><c>/api/token/</c>, as existing clients know it.</summary>
public sealed class TokenApiTest(IdentityServer identity) : IClassFixture<IdentityServer>
{
    [Theory]
    [InlineData("/api/token/")]
    [InlineData("/api/token")]
    public async Task Tokens_are_got_by_username_email_or_phone_and_nothing_else_is_said(string path)
    {
        await identity.Server.ExecuteAsync("delete from identity.users");
        var person = await identity.CreatePersonAsync("Seeker");
        await identity.Server.ExecuteAsync("update identity.users set username = 'terminal-7', phone = '+998907654321' where id = $1", person.Id);
        foreach (var username in new[] { "terminal-7", "Terminal-7", person.Email, "90 765 43 21" })
        {
            using var answer = await identity.Anyone.PostAsync(path, new { username, password = IdentityServer.Password });
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(["refresh", "access"], (await answer.ReadAsync()).EnumerateObject().Select(field => field.Name));
        }
    }

    [Theory]
    [InlineData("uz")]
    [InlineData("ru")]
    [InlineData("en")]
    public async Task A_refusal_has_the_words_that_clients_compare(string language)
    {
        var person = await identity.CreatePersonAsync("Seeker");
        using var client = identity.Server.CreateClient();
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
        foreach (var username in new[] { person.Email, "nobody", "nobody@example.org", "?" })
        {
            using var answer = await client.PostAsync("/api/token/", new { username, password = "wrong" });
            var body = await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "no_active_account");
            Assert.Equal("No active account found with the given credentials", body.Text("detail"));
        }
    }

    [Fact]
    public async Task An_unverified_email_gets_no_tokens_here_either_and_is_told_what_all_are_told()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        await identity.Server.ExecuteAsync("update identity.users set email_verified = false where id = $1", person.Id);
        using var answer = await identity.Anyone.PostAsync("/api/token/", new { username = person.Email, password = IdentityServer.Password });
        var body = await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "no_active_account");
        Assert.Equal("No active account found with the given credentials", body.Text("detail"));
        Assert.Equal(["sign_in_failed email_not_verified"], await identity.AuditAsync(person.Id));
        Assert.Equal(0, await identity.Server.ScalarAsync<long>("select count(*) from identity.sessions where user_id = $1", person.Id));
    }

    [Fact]
    public async Task A_live_token_of_either_kind_is_verified_and_a_dead_one_is_not()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var first = await identity.LoginAsync(person);
        using var live = await VerifyAsync(first.Text("access"));
        Assert.Equal("{}", await live.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(first.Text("refresh"))).StatusCode);
        // Asking does not use it up.
        using var refreshed = await identity.Anyone.PostAsync("/api/token/refresh/", new { refresh = first.Text("refresh") });
        var second = await refreshed.ReadAsync();
        await ShouldBeDeadAsync(first, "refresh");
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(second.Text("refresh"))).StatusCode);

        await identity.Bearing(second.Text("access")).PostAsync("/auth/logout", content: null);
        foreach (var (tokens, kind) in new[] { (first, "access"), (second, "access"), (second, "refresh") })
            await ShouldBeDeadAsync(tokens, kind);
        await (await VerifyAsync("nonsense")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
        using var missing = await identity.Anyone.PostAsync("/api/token/verify/", new { });
        await missing.ShouldNameAsync("token");

        var third = await identity.LoginAsync(person);
        identity.Server.Clock.Advance(TimeSpan.FromMinutes(60));
        await ShouldBeDeadAsync(third, "access");
        Assert.Equal(HttpStatusCode.OK, (await VerifyAsync(third.Text("refresh"))).StatusCode);
    }

    private async Task ShouldBeDeadAsync(JsonElement tokens, string kind) =>
        await (await VerifyAsync(tokens.Text(kind))).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");

    private Task<HttpResponseMessage> VerifyAsync(string token) => identity.Anyone.PostAsync("/api/token/verify/", new { token });
}
