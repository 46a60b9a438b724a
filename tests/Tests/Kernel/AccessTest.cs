using System.Net;
using Microsoft.AspNetCore.Builder;

namespace Maydon.Tests.Kernel;

public sealed class AccessTest(ProbeServer probe) : IClassFixture<ProbeServer>
{
    private const string Refusals = "select count(*) from kernel.audit_log where action = 'access_refused' and user_id = $1 and details->>'path' = $2";

    [Fact]
    public async Task Nobody_is_asked_to_sign_in()
    {
        using var response = await probe.CreateClient().GetAsync("/api/probe/mine/");
        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "not_authenticated");
        Assert.Equal("Bearer realm=\"api\"", response.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("/api/probe/mine/")]
    [InlineData("/api/probe/")]
    [InlineData("/api/nothing/")]
    public async Task A_dead_token_is_refused_even_where_none_is_needed(string path)
    {
        var client = probe.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", "dead");
        using var response = await client.GetAsync(path);
        await response.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
        Assert.Equal("Bearer realm=\"api\"", response.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("/api/probe/mine/staff/")]
    [InlineData("/api/probe/mine/refused/")]
    public async Task Who_may_not_is_told_so_and_it_is_recorded(string path)
    {
        await (await probe.CreateClient(user: 7).GetAsync(path)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "permission_denied");
        Assert.Equal(1L, await probe.Server.ScalarAsync<long>(Refusals, 7L, path));
    }

    [Fact]
    public async Task Who_may_is_let_through()
    {
        Assert.Equal(HttpStatusCode.OK, (await probe.CreateClient(user: 8, roles: "staff").GetAsync("/api/probe/mine/staff/")).StatusCode);
        Assert.Equal(8, (await (await probe.CreateClient(user: 8).GetAsync("/api/probe/mine/")).ReadAsync()).GetProperty("id").GetInt64());
        Assert.Equal(0L, await probe.Server.ScalarAsync<long>(Refusals, 8L, "/api/probe/mine/staff/"));
    }

    [Fact]
    public async Task A_script_that_is_refused_all_the_time_leaves_fifty_lines_and_short_ones()
    {
        await using var own = new ProbeServer(probe.Postgres);
        await own.StartAsync(map: routes => routes.MapGet("/api/long/{**rest}", () => Maydon.Kernel.Http.Problem.Forbidden()).RequireAuthorization());
        using var client = own.CreateClient(user: 7);
        using var elsewhere = own.CreateClient(user: 7);
        elsewhere.DefaultRequestHeaders.Add(ProbePeer.Header, "203.0.113.9");
        for (var i = 0; i < 60; i++)
        {
            using var refused = await client.GetAsync(i % 2 == 0 ? "/api/probe/mine/staff/" : $"/api/long/{new string('x', 4000)}");
            await refused.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "permission_denied");
        }

        Assert.Equal((50L, 200), await CountAsync());
        await elsewhere.GetAsync("/api/probe/mine/staff/");
        own.Server.Clock.Advance(TimeSpan.FromMinutes(16));
        await client.GetAsync("/api/probe/mine/staff/");
        Assert.Equal((52L, 200), await CountAsync());

        async Task<(long Rows, int Longest)> CountAsync() => (
            await own.Server.ScalarAsync<long>("select count(*) from kernel.audit_log where action = 'access_refused'"),
            await own.Server.ScalarAsync<int>("select max(length(details ->> 'path')) from kernel.audit_log where action = 'access_refused'"));
    }

    [Fact]
    public async Task What_is_said_to_somebody_is_kept_by_no_cache()
    {
        using var mine = await probe.CreateClient(user: 8).GetAsync("/api/probe/mine/");
        using var open = await probe.CreateClient(user: 8).GetAsync("/api/probe/list/");
        using var done = await probe.CreateClient().PostAsync("/api/probe/", Wire.Json("{\"name\":\"a\"}"));
        using var stranger = await probe.CreateClient().GetAsync("/api/probe/list/");
        Assert.Equal(["no-store", "no-store", "no-store", null], new[] { mine, open, done, stranger }.Select(answer => answer.Headers.CacheControl?.ToString()));
    }
}
