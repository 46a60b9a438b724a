using System.Net;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Builder;

namespace Maydon.Tests.Kernel;

/// <summary>Endpoints that ask for a permission, and who gets past them.</summary>
public sealed class PermissionTest(ProbeServer probe) : IClassFixture<ProbeServer>
{
    [Fact]
    public async Task Nobody_is_asked_to_sign_in_and_who_may_not_is_refused()
    {
        using var nobody = await probe.CreateClient().GetAsync("/api/probe/mine/things/");
        await nobody.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "not_authenticated");
        Assert.Equal("Bearer realm=\"api\"", nobody.Headers.WwwAuthenticate.ToString());
        await (await As(21, "probe.view_thing").PostAsync("/api/probe/mine/things/", null)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "permission_denied");
        Assert.Equal(1L, await probe.Server.ScalarAsync<long>("select count(*) from kernel.audit_log where action = 'access_refused' and user_id = 21"));
    }

    [Theory]
    [InlineData("probe.view_thing", true)]
    [InlineData("other.add_thing probe.view_thing probe.change_thing", true)]
    [InlineData("probe.add_thing probe.change_thing probe.delete_thing", false)]
    [InlineData("probe.view_thing_part probe.view_thin other.view_thing prob.view_thing", false)]
    public async Task Exactly_the_permission_that_is_asked_for_opens(string permissions, bool opens) =>
        Assert.Equal(opens ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await As(22, permissions).GetAsync("/api/probe/mine/things/")).StatusCode);

    [Fact]
    public async Task A_superuser_may_all_and_staff_have_nothing_of_their_own()
    {
        Assert.Equal(HttpStatusCode.OK, (await probe.CreateClient(user: 23, roles: "superuser").GetAsync("/api/probe/mine/things/")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await probe.CreateClient(user: 24, roles: "staff").GetAsync("/api/probe/mine/things/")).StatusCode);
    }

    [Fact]
    public void What_can_be_granted_is_known_and_spelled_short()
    {
        var known = probe.Server.App.Services.GetRequiredService<KnownPermissions>().All;
        Assert.Empty(new[] { "probe.view_thing", "probe.add_thing", "probe.change_thing", "probe.delete_thing", "probe.view_thing_part" }.Except(known));
        Assert.Equal("a.x:v probe.thing:vad", PermissionClaim.ValueOf(["probe.delete_thing", "a.view_x", "probe.view_thing", "probe.add_thing", "probe.view_thing"]));
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddPermissions("probe", "Thing"));
        Assert.Throws<ArgumentException>(() => WebApplication.CreateSlimBuilder().Build().MapGroup("/x").RequirePermission("probe.approve_thing"));
    }

    private HttpClient As(long user, string permissions)
    {
        var client = probe.CreateClient(user);
        client.DefaultRequestHeaders.Add("X-Probe-May", permissions);
        return client;
    }
}
