using System.Net;
using System.Text.Json;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;

namespace Maydon.Tests.Identity;

/// <summary>Refresh tokens: one use each, and what a second use means.</summary>
public sealed class RefreshTest(IdentityServer identity) : IClassFixture<IdentityServer>
{
    [Theory]
    [InlineData("/auth/refresh")]
    [InlineData("/api/token/refresh/")]
    public async Task A_refresh_gives_both_tokens_anew_and_both_work(string path)
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var first = await identity.LoginAsync(person);
        using var answer = await identity.Anyone.PostAsync(path, new { refresh = first.Text("refresh") });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var second = await answer.ReadAsync();
        Assert.Equal(["access", "refresh"], second.EnumerateObject().Select(field => field.Name).Order());
        Assert.NotEqual(first.Text("refresh"), second.Text("refresh"));
        Assert.Equal(HttpStatusCode.OK, await MeAsync(second.Text("access")));
        Assert.Equal(HttpStatusCode.OK, (await RefreshAsync(second)).StatusCode);
        Assert.Equal(1, await identity.Server.ScalarAsync<long>("select count(*) from identity.sessions where user_id = $1", person.Id));
    }

    [Fact]
    public async Task An_old_token_is_only_refused_within_ten_seconds_of_its_rotation()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var first = await identity.LoginAsync(person);
        var second = await (await RefreshAsync(first)).ReadAsync();
        identity.Server.Clock.Advance(TimeSpan.FromSeconds(5));
        var third = await (await RefreshAsync(second)).ReadAsync();
        identity.Server.Clock.Advance(TimeSpan.FromSeconds(3));

        await (await RefreshAsync(first)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
        await (await RefreshAsync(second)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
        Assert.Equal(HttpStatusCode.OK, await MeAsync(third.Text("access")));
        Assert.Equal(HttpStatusCode.OK, (await RefreshAsync(third)).StatusCode);
    }

    [Fact]
    public async Task An_old_token_ends_its_whole_family_and_no_other()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var otherDevice = await identity.LoginAsync(person);
        var first = await identity.LoginAsync(person);
        var second = await (await RefreshAsync(first)).ReadAsync();
        var third = await (await RefreshAsync(second)).ReadAsync();
        identity.Server.Clock.Advance(TimeSpan.FromSeconds(11));

        await (await RefreshAsync(first)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");

        await (await RefreshAsync(third)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
        foreach (var tokens in new[] { first, second, third })
            Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(tokens.Text("access")));
        Assert.Equal(HttpStatusCode.OK, await MeAsync(otherDevice.Text("access")));
        Assert.Equal(HttpStatusCode.OK, (await RefreshAsync(otherDevice)).StatusCode);
        Assert.Contains("sessions_ended refresh_token_reused", await identity.AuditAsync(person.Id));
    }

    [Fact]
    public async Task Of_many_refreshes_at_once_exactly_one_wins_and_the_session_goes_on()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var tokens = await identity.LoginAsync(person);
        for (var round = 0; round < 10; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RefreshAsync(tokens)));
            var winner = Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
            Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized));
            tokens = await winner.ReadAsync();
            Assert.Equal(1, await identity.Server.ScalarAsync<long>(
                "select count(*) from identity.refresh_tokens r join identity.sessions s on s.id = r.session_id where s.user_id = $1 and r.rotated_at is null", person.Id));
        }

        Assert.Equal(HttpStatusCode.OK, await MeAsync(tokens.Text("access")));
    }

    [Fact]
    public async Task A_refresh_token_lives_seven_days_from_its_own_issue()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var tokens = await identity.LoginAsync(person);
        for (var i = 0; i < 3; i++)
        {
            identity.Server.Clock.Advance(TimeSpan.FromDays(6));
            tokens = await (await RefreshAsync(tokens)).ReadAsync();
        }

        identity.Server.Clock.Advance(TimeSpan.FromDays(7));
        await (await RefreshAsync(tokens)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
    }

    [Fact]
    public async Task What_is_no_live_refresh_token_is_refused()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var tokens = await identity.LoginAsync(person);
        foreach (var wrong in new[] { "x", "a.b.c", tokens.Text("access"), tokens.Text("refresh") + "x", new string('x', 100_000) })
        {
            using var answer = await identity.Anyone.PostAsync("/auth/refresh", new { refresh = wrong });
            await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
        }

        using var missing = await identity.Anyone.PostAsync("/auth/refresh", new { });
        await missing.ShouldNameAsync("refresh");
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(tokens.Text("refresh")));
        Assert.Equal(HttpStatusCode.OK, (await RefreshAsync(tokens)).StatusCode);
    }

    [Fact]
    public async Task A_token_of_a_deactivated_account_is_refused()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var tokens = await identity.LoginAsync(person);
        await identity.Server.ExecuteAsync("update identity.users set is_active = false where id = $1", person.Id);
        await (await RefreshAsync(tokens)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
    }

    [Fact]
    public async Task Only_hashes_of_refresh_tokens_are_kept()
    {
        var tokens = await identity.LoginAsync(await identity.CreatePersonAsync("Seeker"));
        var id = JsonSerializer.Deserialize<JsonElement>(Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlDecode(tokens.Text("refresh").Split('.')[1])).Text("jti");
        var dump = await identity.Server.ScalarAsync<string>(
            "select (select string_agg(r::text, ' ') from identity.refresh_tokens r) || (select string_agg(s::text, ' ') from identity.sessions s) || (select coalesce(string_agg(a::text, ' '), '') from kernel.audit_log a)");
        Assert.DoesNotContain(id, dump, StringComparison.Ordinal);
        Assert.DoesNotContain(tokens.Text("refresh"), dump, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> RefreshAsync(JsonElement tokens) => identity.Anyone.PostAsync("/auth/refresh", new { refresh = tokens.Text("refresh") });

    private async Task<HttpStatusCode> MeAsync(string access)
    {
        using var answer = await identity.Bearing(access).GetAsync("/auth/me");
        return answer.StatusCode;
    }
}
