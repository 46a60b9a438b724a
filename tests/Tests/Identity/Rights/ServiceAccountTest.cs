using System.Net;
using Maydon.Identity.Contracts;
using Maydon.Kernel.Settings;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;

namespace Maydon.Tests.Identity.Rights;

/// <summary>Accounts of programs, and what the command line does about rights.</summary>
public sealed class ServiceAccountTest(RightsServer rights, TestPostgres postgres) : IClassFixture<RightsServer>
{
    [Fact]
    public async Task A_service_account_is_made_with_a_password_shown_once_and_has_only_its_groups()
    {
        var group = await rights.AddGroupAsync("shed.view_thing", "shed.change_thing");
        using var superuser = await rights.SuperuserAsync();
        var name = RightsServer.NewName();
        using var made = await superuser.PostAsync("/api/admin/users/", new { username = $" {name.ToUpperInvariant()} ", full_name = "ERP", groups = new[] { group.Name }, is_superuser = true, is_staff = true });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var body = await made.ReadAsync();
        var user = body.GetProperty("user");
        Assert.Equal(name, user.Text("username"));
        Assert.False(user.GetProperty("is_staff").GetBoolean() || user.GetProperty("is_superuser").GetBoolean());
        using var token = await rights.Identity.Anyone.PostAsync("/api/token/", new { username = name, password = body.Text("password") });
        Assert.Equal("vc", await RightsServer.VerbsAsync(rights.Bearing((await token.ReadAsync()).Text("access"))));
        var count = await rights.Server.ScalarAsync<long>("select count(*) from identity.users");
        await (await superuser.PostAsync("/api/admin/users/", new { username = name })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "username_exists");
        foreach (var wrong in new[] { "", "7up", "a b", "erp@example.org", new string('a', 151) })
            await (await superuser.PostAsync("/api/admin/users/", new { username = wrong })).ShouldNameAsync("username");
        await (await superuser.PostAsync("/api/admin/users/", new { username = RightsServer.NewName(), groups = new[] { "absent" } })).ShouldNameAsync("groups");
        Assert.Equal(count, await rights.Server.ScalarAsync<long>("select count(*) from identity.users"));
        Assert.Equal(["account_created", "signed_in"], (await rights.Identity.AuditAsync(user.GetProperty("id").GetInt64())).Take(2));
    }

    [Fact]
    public async Task The_command_line_brings_a_program_to_its_rights()
    {
        var (group, name) = (RightsServer.NewName(), RightsServer.NewName());
        Assert.Contains("shed.view_thing", (await RunAsync(rights => rights.SetGroupAsync(group, ["shed.nothing"], default))).Fault, StringComparison.Ordinal);
        var (blank, tooLong) = ((await RunAsync(rights => rights.SetGroupAsync(" ", ["shed.thing"], default))).Fault, (await RunAsync(rights => rights.SetGroupAsync(new string('x', 151), ["shed.thing"], default))).Fault);
        Assert.Contains("150", tooLong, StringComparison.Ordinal);
        Assert.DoesNotContain("150", blank, StringComparison.Ordinal);
        Assert.Equal(RightsServer.AllOfThings, (await RunAsync(rights => rights.SetGroupAsync(group, ["shed.thing"], default))).Value!.Permissions);
        Assert.NotNull((await RunAsync(rights => rights.CreateServiceAccountAsync(new(name, ["absent"]), default))).Fault);
        var password = (await RunAsync(rights => rights.CreateServiceAccountAsync(new(name, [group.ToUpperInvariant()], "The ERP", "ru"), default))).Value!;
        Assert.NotNull((await RunAsync(rights => rights.CreateServiceAccountAsync(new(name, []), default))).Fault);
        Assert.NotNull((await RunAsync(rights => rights.CreateServiceAccountAsync(new(RightsServer.NewName(), [], Language: "de"), default))).Fault);
        Assert.Equal("The ERP|ru", await rights.Server.ScalarAsync<string>("select full_name || '|' || language from identity.users where username = $1", name));
        using var token = await rights.Identity.Anyone.PostAsync("/api/token/", new { username = name, password });
        Assert.Equal("vacd", await RightsServer.VerbsAsync(rights.Bearing((await token.ReadAsync()).Text("access"))));

        var key = (await RunAsync(rights => rights.CreateApiKeyAsync(name, "import", ["shed.add_thing"], TimeSpan.FromDays(1), default))).Value!;
        Assert.NotNull((await RunAsync(rights => rights.CreateApiKeyAsync(name, "import", [], null, default))).Fault);
        Assert.NotNull((await RunAsync(rights => rights.CreateApiKeyAsync("nobody", "import", [], null, default))).Fault);
        Assert.Equal(blank, (await RunAsync(rights => rights.CreateApiKeyAsync(name, "\u200b", [], null, default))).Fault);
        Assert.Contains("100", (await RunAsync(rights => rights.CreateApiKeyAsync(name, new string('x', 101), [], null, default))).Fault, StringComparison.Ordinal);
        Assert.Equal("a", await RightsServer.VerbsAsync(rights.WithKey(key)));
        var listed = Assert.Single(await RunAsync(rights => rights.ListApiKeysAsync(default)), each => each.Account == name);
        Assert.Equal(("import", key[..13], false), (listed.Name, listed.Prefix, listed.IsExpired));

        // It expires: it is in the list still, and its name is free.
        rights.Server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.True(Assert.Single(await RunAsync(rights => rights.ListApiKeysAsync(default)), each => each.Account == name).IsExpired);
        key = (await RunAsync(rights => rights.CreateApiKeyAsync(name, "import", ["shed.add_thing"], null, default))).Value!;
        listed = Assert.Single(await RunAsync(rights => rights.ListApiKeysAsync(default)), each => each.Account == name);
        Assert.Equal((key[..13], false), (listed.Prefix, listed.IsExpired));
        using var later = await rights.Identity.Anyone.PostAsync("/api/token/", new { username = name, password });
        using var client = rights.Bearing((await later.ReadAsync()).Text("access"));
        await RightsServer.VerbsAsync(client);

        // Another right for the group: the old token dies, here and on the other node, although a command is no node.
        Assert.Equal(["shed.view_thing"], (await RunAsync(rights => rights.SetGroupAsync(group.ToUpperInvariant(), ["shed.view_thing"], default))).Value!.Permissions);
        await RightsServer.WillBeRefusedAsync(client);
        Assert.Equal("", await RightsServer.VerbsAsync(rights.WithKey(key)));
        Assert.Null(await RunAsync(rights => rights.RevokeApiKeyAsync(listed.Id, default)));
        Assert.NotNull(await RunAsync(rights => rights.RevokeApiKeyAsync(listed.Id, default)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await rights.WithKey(key).GetAsync(RightsServer.Things)).StatusCode);
        Assert.Contains(await RunAsync(rights => rights.ListGroupsAsync(default)), each => each.Name == group && each.Permissions is ["shed.view_thing"]);
    }

    [Fact]
    public async Task Keys_are_limited_with_their_user_and_honour_idempotency_like_tokens()
    {
        await using var own = new RightsServer(postgres);
        await own.Identity.StartAsync(
            settings => settings with { Throttles = settings.Throttles with { UserDefault = new Rate(3, TimeSpan.FromMinutes(1)), AnonDefault = new Rate(2, TimeSpan.FromMinutes(1)) } });
        var id = (await own.Server.CreateUserAsync("superuser")).Id;
        var text = Maydon.Identity.ApiKeys.ApiKeyText.Make();
        await own.Server.ExecuteAsync(
            "insert into identity.api_keys (user_id, name, prefix, hash, scopes, created_at) values ($1, 'k', $2, $3, '{shed.view_thing}', now())", id, text.Prefix, text.Hash);
        // Public reads and refusals count for the user, so that many keys are no way around.
        foreach (var expected in new[] { HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.TooManyRequests })
            Assert.Equal(expected, (await own.WithKey(text.Value).GetAsync(expected == HttpStatusCode.Forbidden ? "/auth/me" : "/api/events/")).StatusCode);
        var wrong = Maydon.Identity.ApiKeys.ApiKeyText.Make().Value;
        foreach (var expected in new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests })
            Assert.Equal(expected, (await own.WithKey(wrong).GetAsync("/api/events/")).StatusCode);

        var person = await rights.AddMemberAsync((await rights.AddGroupAsync("shed.add_thing")).Name);
        using var key = rights.WithKey((await rights.AddKeyAsync(person.Id)).Key);
        key.DefaultRequestHeaders.Add("Idempotency-Key", "once");
        Assert.False((await key.PostAsync(RightsServer.Things, null)).Headers.Contains("Idempotency-Replayed"));
        Assert.True((await key.PostAsync(RightsServer.Things, null)).Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(1L, await rights.Server.ScalarAsync<long>("select count(*) from kernel.idempotency_keys where scope = $1", $"user:{person.Id}"));
    }

    private async Task<T> RunAsync<T>(Func<RightsCommands, Task<T>> act)
    {
        await using var scope = rights.Server.App.Services.CreateAsyncScope();
        return await act(scope.ServiceProvider.GetRequiredService<RightsCommands>());
    }
}
