using System.Net;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;

namespace Maydon.Tests.Identity;

/// <summary>Guessing passwords: how often, in whatever spelling and however many at once. Each test is an address of its own.</summary>
public sealed class SignInThrottleTest(TestPostgres postgres) : IAsyncLifetime
{
    private readonly IdentityServer _identity = new(postgres);

    public ValueTask InitializeAsync() => _identity.StartAsync();

    public ValueTask DisposeAsync() => _identity.DisposeAsync();

    [Fact]
    public async Task After_five_wrong_passwords_in_any_spelling_the_right_one_waits_a_quarter_of_an_hour()
    {
        var person = await _identity.CreatePersonAsync("Seeker");
        await _identity.Server.ExecuteAsync("update identity.users set phone = '+998901234567', username = 'zilola' where id = $1", person.Id);
        (string Path, object Body)[] spellings =
        [
            ("/auth/login", new { email = person.Email, password = "wrong" }),
            ("/auth/login", new { email = $" {person.Email.ToUpperInvariant()} ", password = "wrong" }),
            ("/auth/login", new { phone = "+998 90 123-45-67", password = "wrong" }),
            ("/api/token/", new { username = "(90) 1234567", password = "wrong" }),
            ("/api/token/", new { username = "Zilola", password = "wrong" }),
        ];
        foreach (var (path, body) in spellings)
            Assert.Equal(HttpStatusCode.Unauthorized, (await _identity.Anyone.PostAsync(path, body)).StatusCode);

        foreach (var (path, body) in spellings)
        {
            using var sixth = await _identity.Anyone.PostAsync(path, body);
            await sixth.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "throttled");
            Assert.InRange(sixth.Headers.RetryAfter!.Delta!.Value.TotalMinutes, 14, 15);
        }

        using var right = await SignInAsync(person.Email, IdentityServer.Password);
        await right.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "throttled");
        Assert.Equal(0, await _identity.Server.ScalarAsync<long>("select count(*) from identity.sessions"));
        _identity.Server.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(person.Email, IdentityServer.Password)).StatusCode);
    }

    [Fact]
    public async Task An_unknown_account_is_throttled_like_a_known_one()
    {
        var person = await _identity.CreatePersonAsync("Seeker");
        Assert.Equal(await TalkAsync(person.Email), await TalkAsync("nobody@example.org"));

        async Task<List<string>> TalkAsync(string email)
        {
            var heard = new List<string>();
            foreach (var spelling in new[] { email, email, email.ToUpperInvariant(), $" {email}", email, email, email.ToUpperInvariant() })
            {
                using var answer = await SignInAsync(spelling, "wrong");
                heard.Add($"{(int)answer.StatusCode} {(await answer.ReadAsync()).Text("code")} {answer.Headers.RetryAfter is not null}");
            }

            Assert.Equal(5, heard.Count(text => text.StartsWith("401", StringComparison.Ordinal)));
            return heard;
        }
    }

    [Fact]
    public async Task Of_forty_wrong_passwords_at_once_five_are_looked_at()
    {
        var person = await _identity.CreatePersonAsync("Seeker");
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => SignInAsync(person.Email, "wrong")));
        Assert.Equal(5, answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized));
        Assert.Equal(35, answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task Right_passwords_are_no_failures_and_forgive_those_before()
    {
        var person = await _identity.CreatePersonAsync("Seeker");
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 4; i++)
                Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(person.Email, "wrong")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await SignInAsync(person.Email, IdentityServer.Password)).StatusCode);
        }

        for (var i = 0; i < 60; i++)
            Assert.Equal(HttpStatusCode.OK, (await SignInAsync(person.Email, IdentityServer.Password)).StatusCode);
    }

    [Fact]
    public async Task An_address_has_fifty_failures_whatever_the_accounts()
    {
        for (var i = 0; i < 50; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync($"guess{i}@example.org", "wrong")).StatusCode);
        var person = await _identity.CreatePersonAsync("Seeker");
        using var answer = await SignInAsync(person.Email, IdentityServer.Password);
        await answer.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "throttled");
        _identity.Server.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(person.Email, IdentityServer.Password)).StatusCode);
    }

    [Fact]
    public async Task Guessing_the_old_password_of_a_stolen_session_counts_too()
    {
        var person = await _identity.CreatePersonAsync("Seeker");
        var client = _identity.Bearing((await _identity.LoginAsync(person)).Text("access"));
        for (var i = 0; i < 5; i++)
            await (await ChangeAsync("wrong")).ShouldNameAsync("old_password");
        await (await ChangeAsync(IdentityServer.Password)).ShouldBeProblemAsync(HttpStatusCode.TooManyRequests, "throttled");

        Task<HttpResponseMessage> ChangeAsync(string old) => client.PostAsync("/auth/password/change", new { old_password = old, new_password = "quite-another-55" });
    }

    private Task<HttpResponseMessage> SignInAsync(string email, string password) => _identity.Anyone.PostAsync("/auth/login", new { email, password });
}
