using System.Net;
using System.Text.Json;
using Maydon.Identity.Tokens;
using Maydon.Kernel.Http;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;

namespace Maydon.Tests.Identity.Rights;

/// <summary>Groups: what they permit is in the tokens of their members, and no token outlives a change of it.</summary>
public sealed class GroupTest(RightsServer rights) : IClassFixture<RightsServer>
{
    private const string AllTables = """
        select concat_ws('|', (select string_agg(g::text, ' ' order by id) from identity.groups g), (select string_agg(m::text, ' ' order by m::text) from identity.user_groups m),
            (select string_agg(u::text, ' ' order by id) from identity.users u), (select string_agg((to_jsonb(k) - 'last_used_at')::text, ' ' order by id) from identity.api_keys k))
        """;

    [Fact]
    public async Task Each_verb_is_open_to_those_whose_groups_permit_it()
    {
        var viewers = await rights.AddGroupAsync("shed.view_thing");
        var clerks = await rights.AddGroupAsync("shed.add_thing", "shed.change_thing", "shed.view_thing");
        foreach (var (groups, verbs) in new (string[], string)[] { ([], ""), ([viewers.Name], "v"), ([clerks.Name], "vac"), ([viewers.Name, clerks.Name.ToUpperInvariant()], "vac") })
        {
            var person = await rights.AddMemberAsync(groups);
            var session = await rights.Identity.LoginAsync(person);
            Assert.Equal(verbs, await RightsServer.VerbsAsync(rights.Bearing(session.Text("access"))));
            Assert.Equal(verbs, await RightsServer.VerbsAsync(rights.Bearing(session.Text("access"), rights.Other)));
            using var refreshed = await rights.Identity.Anyone.PostAsync("/auth/refresh", new { refresh = session.Text("refresh") });
            Assert.Equal(verbs, await RightsServer.VerbsAsync(rights.Bearing((await refreshed.ReadAsync()).Text("access"))));
        }

        Assert.Equal("vacd", await RightsServer.VerbsAsync(await rights.SuperuserAsync()));
        Assert.Equal("", await RightsServer.VerbsAsync(await rights.Server.SignInAsync("staff")));
        await (await rights.Identity.Anyone.DeleteAsync(RightsServer.Things)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "not_authenticated");
    }

    [Fact]
    public async Task A_token_with_every_permission_there_is_stays_short()
    {
        var all = rights.Server.App.Services.GetRequiredService<KnownPermissions>().All;
        var group = await rights.AddGroupAsync([.. all]);
        var session = await rights.Identity.LoginAsync(await rights.AddMemberAsync(group.Name));
        Assert.True(session.Text("access").Length < AccessTokens.MaxLength / 2, $"{session.Text("access").Length} characters for {all.Count} permissions");
        Assert.DoesNotContain("\"may\"", System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(session.Text("refresh").Split('.')[1])), StringComparison.Ordinal);

        // Three times what the finished product will know.
        var many = Enumerable.Range(0, 100).SelectMany(n => new[] { "view", "add", "change", "delete" }.Select(verb => $"events.{verb}_registration{n}"));
        var token = rights.Server.App.Services.GetRequiredService<AccessTokens>().Issue(new TokenSubject(1, ["staff"], "uz-Cyrl", PermissionClaim.ValueOf(many)), AccessTokens.NewId());
        Assert.NotNull(rights.Server.App.Services.GetRequiredService<AccessTokens>().Read(token));
    }

    [Fact]
    public async Task What_a_group_permits_counts_at_once_on_both_nodes()
    {
        var group = await rights.AddGroupAsync("shed.view_thing", "shed.delete_thing");
        var stranger = await rights.Identity.LoginAsync(await rights.AddMemberAsync((await rights.AddGroupAsync("shed.view_thing")).Name));
        var person = await rights.AddMemberAsync(group.Name);
        using var superuser = await rights.SuperuserAsync();
        foreach (var (change, verbs) in new (Func<Task<HttpResponseMessage>>, string)[]
        {
            (() => superuser.PatchAsync($"/api/admin/groups/{group.Id}/", new { permissions = new[] { "shed.view_thing", "shed.add_thing", "shed.view_thing" } }), "va"),
            (() => superuser.PatchAsync($"/api/admin/users/{person.Id}/", new { groups = Array.Empty<string>() }), ""),
            (() => superuser.PatchAsync($"/api/admin/users/{person.Id}/", new { groups = new[] { group.Name, group.Name } }), "va"),
            (() => superuser.DeleteAsync($"/api/admin/groups/{group.Id}/"), ""),
        })
        {
            var session = await rights.Identity.LoginAsync(person);
            using var here = rights.Bearing(session.Text("access"));
            using var there = rights.Bearing(session.Text("access"), rights.Other);
            await RightsServer.VerbsAsync(there);
            using var changed = await change();
            Assert.True(changed.IsSuccessStatusCode);
            await (await here.GetAsync(RightsServer.Things)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
            await RightsServer.WillBeRefusedAsync(there);
            using var refresh = await rights.Identity.Anyone.PostAsync("/auth/refresh", new { refresh = session.Text("refresh") });
            await refresh.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
            Assert.Equal(verbs, await RightsServer.VerbsAsync(rights.Bearing((await rights.Identity.LoginAsync(person)).Text("access"))));
        }

        Assert.Equal("v", await RightsServer.VerbsAsync(rights.Bearing(stranger.Text("access"))));
        Assert.Equal(["group_changed 1", "group_deleted 1"], await LinesAsync(
            "select action || ' ' || count(*) from kernel.audit_log where action like 'group\\_%' and action <> 'group_created' and (details ->> 'Id')::bigint = $1 group by action order by action", group.Id));
    }

    [Fact]
    public async Task What_changes_no_right_ends_no_session()
    {
        var group = await rights.AddGroupAsync("shed.view_thing");
        var person = await rights.AddMemberAsync(group.Name);
        var session = await rights.Identity.LoginAsync(person);
        using var superuser = await rights.SuperuserAsync();
        var name = RightsServer.NewName();
        using var renamed = await superuser.PatchAsync($"/api/admin/groups/{group.Id}/", new { name, permissions = new[] { "shed.view_thing" } });
        Assert.Equal(name, (await renamed.ReadAsync()).Text("name"));
        Assert.Equal(HttpStatusCode.OK, (await superuser.PatchAsync($"/api/admin/groups/{group.Id}/", new { })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await superuser.PatchAsync($"/api/admin/users/{person.Id}/", new { groups = new[] { name.ToUpperInvariant() } })).StatusCode);
        Assert.Equal("v", await RightsServer.VerbsAsync(rights.Bearing(session.Text("access"))));
        var row = (await (await superuser.GetAsync($"/api/admin/users/?search={person.Email}")).ReadAsync()).GetProperty("results")[0];
        Assert.Equal([name], row.GetProperty("groups").EnumerateArray().Select(each => each.GetString()));
    }

    [Fact]
    public async Task Only_superusers_manage_groups_keys_and_service_accounts_and_nobody_joins_one_by_themselves()
    {
        var group = await rights.AddGroupAsync([.. RightsServer.AllOfThings]);
        var member = await rights.AddMemberAsync(group.Name);
        var key = await rights.AddKeyAsync(member.Id);
        var superuser = await rights.Server.CreateUserAsync("superuser");
        var dismissed = await rights.AddMemberAsync(group.Name);
        Assert.Equal(HttpStatusCode.OK, (await rights.Server.SignIn(superuser).PatchAsync($"/api/admin/users/{dismissed.Id}/", new { is_active = false })).StatusCode);
        HttpClient[] callers = [rights.Identity.Anyone, rights.Bearing((await rights.Identity.LoginAsync(member)).Text("access")), await rights.Server.SignInAsync("staff"), rights.WithKey(key.Key)];
        (HttpMethod, string, object?)[] operations =
        [
            (HttpMethod.Get, "/api/admin/groups/", null), (HttpMethod.Post, "/api/admin/groups/", new { name = "mine", permissions = RightsServer.AllOfThings }),
            (HttpMethod.Patch, $"/api/admin/groups/{group.Id}/", new { name = "mine" }), (HttpMethod.Delete, $"/api/admin/groups/{group.Id}/", null),
            (HttpMethod.Get, "/api/admin/permissions/", null), (HttpMethod.Get, "/api/admin/api-keys/", null),
            (HttpMethod.Post, "/api/admin/api-keys/", new { user_id = member.Id, name = "mine" }), (HttpMethod.Delete, $"/api/admin/api-keys/{key.Id}/", null),
            (HttpMethod.Patch, $"/api/admin/users/{member.Id}/", new { is_active = false }), (HttpMethod.Patch, $"/api/admin/users/{dismissed.Id}/", new { is_active = true }),
            (HttpMethod.Patch, $"/api/admin/users/{member.Id}/", new { roles = Array.Empty<string>() }),
            (HttpMethod.Post, "/api/admin/users/", new { username = "mine" }), (HttpMethod.Patch, $"/api/admin/users/{member.Id}/", new { groups = new[] { group.Name } }),
        ];
        var before = await rights.Server.ScalarAsync<string>(AllTables);
        foreach (var caller in callers)
        {
            foreach (var (method, path, body) in operations)
            {
                using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : Wire.Json(JsonSerializer.Serialize(body)) };
                using var answer = await caller.SendAsync(request);
                Assert.True(answer.StatusCode == (caller == callers[0] ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden), $"{method} {path}: {answer.StatusCode}");
            }
        }

        await (await rights.Server.SignIn(superuser).PatchAsync($"/api/admin/users/{superuser.Id}/", new { groups = new[] { group.Name } }))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, "permission_denied");
        Assert.Equal(before, await rights.Server.ScalarAsync<string>(AllTables));
    }

    [Fact]
    public async Task Groups_hold_only_what_exists_and_their_names_are_unique()
    {
        using var superuser = await rights.SuperuserAsync();
        var group = await rights.AddGroupAsync("shed.view_thing");
        var person = await rights.Identity.CreatePersonAsync();
        var before = await rights.Server.ScalarAsync<string>(AllTables);
        foreach (var permissions in new object?[] { new[] { "shed.view_thing", "shed.view_thin" }, new[] { "" }, new string?[] { null }, new[] { "shed.VIEW_thing" }, new[] { "superuser" } })
        {
            await (await superuser.PostAsync("/api/admin/groups/", new { name = RightsServer.NewName(), permissions })).ShouldNameAsync("permissions");
            await (await superuser.PatchAsync($"/api/admin/groups/{group.Id}/", new { permissions })).ShouldNameAsync("permissions");
        }

        foreach (var name in new[] { "", " ", "\u2800", new string('x', 151), "a\nb" })
        {
            await (await superuser.PostAsync("/api/admin/groups/", new { name })).ShouldNameAsync("name");
            await (await superuser.PatchAsync($"/api/admin/groups/{group.Id}/", new { name })).ShouldNameAsync("name");
        }

        await (await superuser.PostAsync("/api/admin/groups/", new { name = $" {group.Name.ToUpperInvariant()} " })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "group_exists");
        await (await superuser.PatchAsync($"/api/admin/users/{person.Id}/", new { groups = new[] { group.Name, "absent" } })).ShouldNameAsync("groups");
        await (await superuser.PatchAsync($"/api/admin/users/{person.Id}/", new { groups = new string?[] { null } })).ShouldNameAsync("groups");
        await (await superuser.PatchAsync($"/api/admin/users/{person.Id}/", new { groups = Enumerable.Repeat(group.Name, 51) })).ShouldNameAsync("groups");
        await (await superuser.PatchAsync("/api/admin/groups/999999/", new { name = "x" })).ShouldBeProblemAsync(HttpStatusCode.NotFound, "group_not_found");
        await (await superuser.DeleteAsync("/api/admin/groups/999999/")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "group_not_found");
        Assert.Equal(before, await rights.Server.ScalarAsync<string>(AllTables));

        var known = await (await superuser.GetAsync("/api/admin/permissions/?page_size=100")).ReadAsync();
        Assert.Empty(RightsServer.AllOfThings.Except(known.GetProperty("results").EnumerateArray().Select(each => each.GetString()!)));
        // Of a module that is off now: it stays while the group is written, and cannot be given again.
        await rights.Server.ExecuteAsync("update identity.groups set permissions = '{gone.view_it,shed.view_thing}' where id = $1", group.Id);
        Assert.Equal(HttpStatusCode.OK, (await superuser.PatchAsync($"/api/admin/groups/{group.Id}/", new { permissions = new[] { "gone.view_it" } })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await superuser.PatchAsync($"/api/admin/groups/{group.Id}/", new { permissions = Array.Empty<string>() })).StatusCode);
        await (await superuser.PatchAsync($"/api/admin/groups/{group.Id}/", new { permissions = new[] { "gone.view_it" } })).ShouldNameAsync("permissions");
        var listed = (await (await superuser.GetAsync("/api/admin/groups/?page_size=100")).ReadAsync()).GetProperty("results").EnumerateArray().Single(row => row.GetProperty("id").GetInt64() == group.Id);
        Assert.Equal($$"""{"id":{{group.Id}},"name":"{{group.Name}}","permissions":[]}""", listed.GetRawText());
    }

    [Fact]
    public async Task A_list_of_people_asks_for_their_groups_once()
    {
        var group = await rights.AddGroupAsync("shed.view_thing");
        for (var i = 0; i < 5; i++)
            await rights.AddMemberAsync(group.Name);
        using var superuser = await rights.SuperuserAsync();
        Assert.Equal(await CountAsync(1), await CountAsync(100));

        async Task<int> CountAsync(int size)
        {
            using var statements = new SqlStatements(rights.Server);
            await superuser.GetAsync($"/api/admin/users/?page_size={size}");
            return statements.Texts.Count;
        }
    }

    private async Task<List<string>> LinesAsync(string sql, long id)
    {
        await using var command = rights.Server.Database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return lines;
    }
}
