using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Maydon.Identity.Sessions;
using Maydon.Kernel.Signals;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Maydon.Tests.Identity;

/// <summary>Sessions that end: at once, here and on every other node, without a database read per request.</summary>
public sealed class SignOutTest(IdentityServer identity, TestPostgres postgres) : IClassFixture<IdentityServer>
{
    [Fact]
    public async Task Signing_out_ends_this_session_at_once_and_no_other()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var (here, there) = (await identity.LoginAsync(person), await identity.LoginAsync(person));
        using var answer = await identity.Bearing(here.Text("access")).PostAsync("/auth/logout", content: null);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);

        await (await MeAsync(here)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
        await (await RefreshAsync(here)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
        Assert.Equal(HttpStatusCode.OK, (await MeAsync(there)).StatusCode);
        Assert.Contains("sessions_ended signed_out", await identity.AuditAsync(person.Id));
    }

    [Fact]
    public async Task Signing_out_with_a_refresh_token_ends_its_session_too_but_never_a_strangers()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var (here, there) = (await identity.LoginAsync(person), await identity.LoginAsync(person));
        var stranger = await identity.LoginAsync(await identity.CreatePersonAsync("Seeker"));
        var third = await identity.LoginAsync(person);
        await identity.Bearing(third.Text("access")).PostAsync("/auth/logout", new { refresh = stranger.Text("refresh") });
        await identity.Bearing(here.Text("access")).PostAsync("/auth/logout", new { refresh = there.Text("refresh") });

        Assert.Equal(HttpStatusCode.Unauthorized, (await MeAsync(here)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await MeAsync(there)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await MeAsync(stranger)).StatusCode);
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_every_session()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var sessions = new List<JsonElement>();
        for (var i = 0; i < 4; i++)
            sessions.Add(await identity.LoginAsync(person));
        using var answer = await identity.Bearing(sessions[0].Text("access")).PostAsync("/auth/logout-all", content: null);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        foreach (var session in sessions)
            Assert.Equal(HttpStatusCode.Unauthorized, (await MeAsync(session)).StatusCode);
    }

    [Fact]
    public async Task The_sessions_are_listed_and_one_can_be_ended()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var (here, there) = (await identity.LoginAsync(person), await identity.LoginAsync(person));
        var stranger = await identity.LoginAsync(await identity.CreatePersonAsync("Seeker"));
        var client = identity.Bearing(here.Text("access"));
        var page = await (await client.GetAsync("/auth/sessions")).ReadAsync();
        Assert.Equal(2, page.GetProperty("count").GetInt32());
        var rows = page.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(["id", "device", "address", "created_at", "last_seen_at", "current"], rows[0].EnumerateObject().Select(field => field.Name));
        var other = Assert.Single(rows, row => !row.GetProperty("current").GetBoolean()).Text("id");

        using var foreign = await identity.Bearing(stranger.Text("access")).DeleteAsync($"/auth/sessions/{other}");
        await foreign.ShouldBeProblemAsync(HttpStatusCode.NotFound, "session_not_found");
        Assert.Equal(HttpStatusCode.OK, (await MeAsync(there)).StatusCode);
        using var ended = await client.DeleteAsync($"/auth/sessions/{other}");
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await MeAsync(there)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await MeAsync(here)).StatusCode);
        await (await client.DeleteAsync($"/auth/sessions/{other}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "session_not_found");
        Assert.Equal(1, (await (await client.GetAsync("/auth/sessions")).ReadAsync()).GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task A_session_that_ends_on_one_node_is_dead_on_the_others_within_a_moment()
    {
        await using var other = new TestServer(postgres);
        await other.StartAsync(sibling: identity.Server);
        var session = await identity.LoginAsync(await identity.CreatePersonAsync("Seeker"));
        Assert.Equal(HttpStatusCode.OK, (await MeAsync(session, other)).StatusCode);
        await identity.Bearing(session.Text("access")).PostAsync("/auth/logout", content: null);

        var started = Stopwatch.GetTimestamp();
        while ((await MeAsync(session, other)).StatusCode == HttpStatusCode.OK)
        {
            // Far less than the slow reading would take: the signal brought it.
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5), "The other node was not told.");
            await Task.Delay(10);
        }
    }

    [Fact]
    public async Task A_node_that_starts_knows_what_ended_before_its_first_request()
    {
        var session = await identity.LoginAsync(await identity.CreatePersonAsync("Seeker"));
        await identity.Bearing(session.Text("access")).PostAsync("/auth/logout", content: null);
        await using var late = new TestServer(postgres);
        await late.StartAsync(sibling: identity.Server);
        Assert.Equal(HttpStatusCode.Unauthorized, (await MeAsync(session, late)).StatusCode);
    }

    [Fact]
    public async Task A_node_that_hears_no_signals_reads_what_ended()
    {
        await using var deaf = new TestServer(postgres);
        await deaf.StartAsync(sibling: identity.Server, customise: builder =>
            builder.Services.Remove(builder.Services.First(service => service.ServiceType == typeof(IHostedService) && service.ImplementationFactory?.Method.ReturnType == typeof(ClusterSignals))));
        var session = await identity.LoginAsync(await identity.CreatePersonAsync("Seeker"));
        await identity.Bearing(session.Text("access")).PostAsync("/auth/logout", content: null);
        Assert.Equal(HttpStatusCode.OK, (await MeAsync(session, deaf)).StatusCode);
        await deaf.App.Services.GetServices<IHostedService>().OfType<EndedSessionsFeed>().Single().CatchUpAsync(CancellationToken.None);
        Assert.Equal(HttpStatusCode.Unauthorized, (await MeAsync(session, deaf)).StatusCode);
    }

    [Fact]
    public async Task What_no_token_can_outlive_is_forgotten_and_the_rows_with_it()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var session = await identity.LoginAsync(person);
        await identity.Bearing(session.Text("access")).PostAsync("/auth/logout", content: null);
        var sid = await identity.Server.ScalarAsync<string>("select id from identity.sessions where user_id = $1", person.Id);
        var ended = identity.Server.App.Services.GetRequiredService<EndedSessions>();
        var feed = identity.Server.App.Services.GetServices<IHostedService>().OfType<EndedSessionsFeed>().Single();

        // Signals come in order: once this one is here, the session's is, and will not come an hour late by a clock that was moved meanwhile.
        await identity.Server.ExecuteAsync("select pg_notify('maydon', 'sessions-ended:after ' || $1)", sid!);
        for (var n = 0; !ended.Contains($"after {sid}"); n++)
        {
            Assert.True(n < 1000, "The signal did not come within ten seconds.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        identity.Server.Clock.Advance(TimeSpan.FromMinutes(60));
        await feed.CatchUpAsync(CancellationToken.None);
        Assert.True(ended.Contains(sid!));
        identity.Server.Clock.Advance(TimeSpan.FromMinutes(10));
        await feed.CatchUpAsync(CancellationToken.None);
        Assert.False(ended.Contains(sid!));

        await identity.Server.RunJobAsync<ForgetOldSessions>();
        Assert.Equal(2, await RowsAsync());
        identity.Server.Clock.Advance(TimeSpan.FromDays(8));
        await identity.Server.RunJobAsync<ForgetOldSessions>();
        Assert.Equal(0, await RowsAsync());

        Task<long> RowsAsync() => identity.Server.ScalarAsync<long>(
            "select (select count(*) from identity.sessions where id = $1) + (select count(*) from identity.refresh_tokens where session_id = $1)", sid!);
    }

    private Task<HttpResponseMessage> MeAsync(JsonElement tokens, TestServer? node = null)
    {
        var client = (node ?? identity.Server).CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", tokens.Text("access"));
        return client.GetAsync("/auth/me");
    }

    private Task<HttpResponseMessage> RefreshAsync(JsonElement tokens) => identity.Anyone.PostAsync("/auth/refresh", new { refresh = tokens.Text("refresh") });
}
