using System.Net;

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
}
