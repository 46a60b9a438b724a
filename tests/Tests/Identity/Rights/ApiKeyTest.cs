using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Maydon.Kernel.Http;
using Maydon.Tests.Catalog;
using Maydon.Tests.Catalog.Imports;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Tests.Identity.Rights;

/// <summary>API keys: what they open, what they never open, and when they stop.</summary>
public sealed partial class ApiKeyTest(RightsServer rights) : IClassFixture<RightsServer>
{
    [Fact]
    public async Task A_key_may_what_is_in_its_scopes_and_among_its_users_rights()
    {
        var clerks = await rights.AddGroupAsync("shed.view_thing", "shed.add_thing");
        var person = await rights.AddMemberAsync(clerks.Name);
        var narrow = await rights.AddKeyAsync(person.Id, ["shed.view_thing"]);
        var wide = await rights.AddKeyAsync(person.Id);
        Assert.Equal("v", await RightsServer.VerbsAsync(rights.WithKey(narrow.Key)));
        Assert.Equal("va", await RightsServer.VerbsAsync(rights.WithKey(wide.Key, rights.Other)));

        using var superuser = await rights.SuperuserAsync();
        Assert.Equal(HttpStatusCode.OK, (await superuser.PatchAsync($"/api/admin/groups/{clerks.Id}/", new { permissions = new[] { "shed.add_thing", "shed.delete_thing" } })).StatusCode);
        foreach (var node in new[] { rights.Server, rights.Other })
        {
            Assert.Equal("", await RightsServer.VerbsAsync(rights.WithKey(narrow.Key, node)));
            Assert.Equal("a", await RightsServer.VerbsAsync(rights.WithKey(wide.Key, node)));
        }
    }

    [Fact]
    public async Task A_key_follows_the_changes_that_its_scope_may_see()
    {
        using var keeper = await rights.Server.SignInKeeperAsync();
        await keeper.AddRecordAsync("client", RecordScene.NewCode());
        await keeper.AddRecordAsync("project", RecordScene.NewCode());
        await keeper.AddRecordAsync("nomenklatura", RecordScene.NewCode());
        var person = await rights.AddMemberAsync((await rights.AddGroupAsync("catalog.view_client", "catalog.view_project", "shed.view_thing")).Name);
        foreach (var (scopes, lists) in new[]
        {
            ((string[])["catalog.view_client"], (string[])["client"]), (["catalog.view_project"], ["project"]), (["catalog.view_client", "catalog.view_project"], ["client", "project"]), (["shed.view_thing"], []),
        })
        {
            using var key = rights.WithKey((await rights.AddKeyAsync(person.Id, scopes)).Key);
            var changes = (await key.ReadRecordAsync("/api/v1/changes/"))["results"]!.AsArray();
            Assert.Equal(lists, changes.Select(change => (string)change!["list"]!).Distinct().Order());
        }
    }

    [Fact]
    public async Task A_key_is_told_of_an_import_only_when_its_scope_names_the_list()
    {
        var person = await rights.AddMemberAsync((await rights.AddGroupAsync("catalog.change_project", "catalog.view_project", "shed.view_thing")).Name);
        using var importer = rights.WithKey((await rights.AddKeyAsync(person.Id, ["catalog.change_project"])).Key);
        var task = await rights.Server.ImportAsync(importer, "project", "code_1c,name\nK-1,New\n");
        Assert.Equal((0, 0, 0, 1), task.Counts());
        Assert.Single(await importer.ErrorsAsync(task));
        using (var viewer = rights.WithKey((await rights.AddKeyAsync(person.Id, ["catalog.view_project"])).Key))
            Assert.Single(await viewer.ErrorsAsync(task));
        using var other = rights.WithKey((await rights.AddKeyAsync(person.Id, ["shed.view_thing"])).Key);
        foreach (var path in new[] { "", "errors.csv" })
            await (await other.GetAsync($"/api/v1/tasks/{task["task_id"]}/{path}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "task_not_found");
    }

    [Fact]
    public async Task A_superusers_key_has_its_scopes_and_is_no_superuser()
    {
        var owner = await rights.Server.CreateUserAsync("superuser");
        var key = await rights.AddKeyAsync(owner.Id, ["shed.change_thing"]);
        Assert.Equal("c", await RightsServer.VerbsAsync(rights.WithKey(key.Key)));
        await (await rights.WithKey(key.Key).GetAsync("/api/admin/users/")).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "permission_denied");
    }

    [Fact]
    public async Task A_key_that_is_wrong_revoked_expired_or_of_somebody_inactive_is_refused_also_where_none_is_needed()
    {
        var person = await rights.AddMemberAsync((await rights.AddGroupAsync("shed.view_thing")).Name);
        var now = rights.Server.Clock.GetUtcNow();
        var (revoked, expiring) = (await rights.AddKeyAsync(person.Id), await rights.AddKeyAsync(person.Id, expiresAt: now.AddMinutes(5)));
        Assert.Equal("v", await RightsServer.VerbsAsync(rights.WithKey(revoked.Key)));
        using var superuser = await rights.SuperuserAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await superuser.DeleteAsync($"/api/admin/api-keys/{revoked.Id}/")).StatusCode);
        await (await superuser.DeleteAsync($"/api/admin/api-keys/{revoked.Id}/")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "api_key_not_found");
        await RefusedAsync(revoked.Key);

        Assert.Equal("v", await RightsServer.VerbsAsync(rights.WithKey(expiring.Key)));
        rights.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        await RefusedAsync(expiring.Key);

        var live = await rights.AddKeyAsync(person.Id);
        foreach (var wrong in new[] { "", "x", live.Key[..^1], live.Key + "A", live.Key.ToUpperInvariant(), live.Key[..^4] + "AAAA", $"maydon_{new string('!', 43)}", $"maydon_{new string('я', 43)}" })
            await RefusedAsync(wrong);
        await rights.Server.ExecuteAsync("update identity.users set is_active = false where id = $1", person.Id);
        await RefusedAsync(live.Key);
        await rights.Server.ExecuteAsync("update identity.users set is_active = true where id = $1", person.Id);
        Assert.Equal("v", await RightsServer.VerbsAsync(rights.WithKey(live.Key)));

        using var two = rights.WithKey(live.Key);
        two.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Api-Key second");
        await (await two.GetAsync("/test/open/")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
        using var apart = rights.Server.CreateClient();
        apart.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Api-Keys {live.Key}");
        Assert.False((await (await apart.GetAsync("/test/open/")).ReadAsync()).GetProperty("is_signed_in").GetBoolean());

        async Task RefusedAsync(string key)
        {
            foreach (var node in new[] { rights.Server, rights.Other })
            {
                foreach (var path in new[] { RightsServer.Things, "/test/open/", "/api/events/" })
                {
                    using var answer = await rights.WithKey(key, node).GetAsync(path);
                    var body = await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
                    Assert.Equal("Bearer realm=\"api\"", answer.Headers.WwwAuthenticate.ToString());
                    // Whatever is wrong with it, the answer is the same.
                    Assert.Equal(["type", "title", "status", "detail", "code", "trace_id"], body.EnumerateObject().Select(field => field.Name));
                }
            }
        }
    }

    [Fact]
    public async Task A_key_opens_nothing_of_its_owners_but_what_asks_for_a_permission()
    {
        var owner = await rights.AddMemberAsync((await rights.AddGroupAsync("shed.view_thing")).Name);
        var session = await rights.Identity.LoginAsync(owner);
        using var key = rights.WithKey((await rights.AddKeyAsync(owner.Id)).Key);
        var before = await rights.Server.ScalarAsync<string>("select concat_ws('|', u::text, (select count(*) from identity.sessions where ended_at is null)) from identity.users u where id = $1", owner.Id);
        var (open, refused) = (new List<string>(), 0);
        foreach (var endpoint in rights.Server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null || endpoint.Metadata.GetMetadata<RequiredPermission>() is not null)
                continue;
            var path = $"/{Parameter().Replace(endpoint.RoutePattern.RawText!.TrimStart('/'), "1")}";
            foreach (var method in (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Where(method => method != "HEAD"))
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path);
                if (method != "GET")
                {
                    request.Content = Wire.Json("{}");
                    if (endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is { ContentTypes: [var type, ..] })
                        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
                }

                using var answer = await key.SendAsync(request);
                if (answer.StatusCode != HttpStatusCode.Forbidden)
                {
                    open.Add($"{method} {path} {(int)answer.StatusCode}");
                    continue;
                }

                await answer.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "permission_denied");
                refused++;
            }
        }

        Assert.InRange(refused, 40, 1_000);
        // These show each caller what their scope names.
        Assert.Equal(["GET /api/v1/changes/ 200", "GET /api/v1/tasks/1/ 404", "GET /api/v1/tasks/1/errors.csv 404", "POST /api/v1/tasks/1/cancel/ 404", "POST /api/v1/tasks/1/confirm/ 404"], open.Order(StringComparer.Ordinal));
        Assert.Equal(before, await rights.Server.ScalarAsync<string>("select concat_ws('|', u::text, (select count(*) from identity.sessions where ended_at is null)) from identity.users u where id = $1", owner.Id));
        Assert.True(await rights.Server.ScalarAsync<long>("select count(*) from kernel.audit_log where action = 'access_refused' and user_id = $1", owner.Id) >= 7);

        // Public: its permissions are known, its owner is not. Nor does a cart with it become the owner's.
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            using var seen = await key.SendAsync(new HttpRequestMessage(method, "/test/open/"));
            Assert.Equal("""{"id":null,"is_signed_in":true,"is_superuser":false,"may_view":true}""", await seen.Content.ReadAsStringAsync());
        }

        var mine = $$"""{"id":{{owner.Id}},"is_signed_in":true,"is_superuser":false,"may_view":true}""";
        Assert.Equal(mine, await (await key.GetAsync(RightsServer.Things)).Content.ReadAsStringAsync());
        Assert.Equal(mine, await (await rights.Bearing(session.Text("access")).GetAsync("/test/open/")).Content.ReadAsStringAsync());
        // Where one signs in it is passed over, like a stale token.
        using var login = await key.PostAsync("/auth/login", new { email = owner.Email, password = IdentityServer.Password });
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
    }

    [Fact]
    public async Task A_key_is_shown_once_and_then_nowhere()
    {
        var person = await rights.AddMemberAsync((await rights.AddGroupAsync("shed.view_thing")).Name);
        using var superuser = await rights.SuperuserAsync();
        using var made = await superuser.PostAsync("/api/admin/api-keys/", new { user_id = person.Id, name = " import ", scopes = new[] { "shed.view_thing", "shed.view_thing" } });
        var body = await made.ReadAsync();
        var key = body.Text("key");
        Assert.Matches("^maydon_[A-Za-z0-9_-]{43}$", key);
        await rights.WithKey(key).GetAsync(RightsServer.Things);
        await rights.WithKey(key[..^1] + (key[^1] == 'A' ? 'B' : 'A')).GetAsync(RightsServer.Things);
        var list = await (await superuser.GetAsync($"/api/admin/api-keys/?user_id={person.Id}&is_live=true")).Content.ReadAsStringAsync();
        Assert.Contains("\"name\":\"import\"", list, StringComparison.Ordinal);
        Assert.Contains($"\"prefix\":\"{key[..13]}\"", list, StringComparison.Ordinal);
        var secret = key["maydon_".Length..][7..30];
        Assert.DoesNotContain(secret, list, StringComparison.Ordinal);
        Assert.Contains("/test/things/", rights.Logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, rights.Logs.Text, StringComparison.Ordinal);
        Assert.Equal(0L, await rights.Server.ScalarAsync<long>("select count(*) from kernel.audit_log where details::text like '%' || $1 || '%'", secret));
        Assert.Equal(0L, await rights.Server.ScalarAsync<long>("select count(*) from identity.api_keys k where k::text like '%' || $1 || '%'", secret));
        Assert.Equal(0L, await rights.Server.ScalarAsync<long>("select count(*) from kernel.idempotency_keys i where i::text like '%' || $1 || '%'", secret));
        var id = body.GetProperty("api_key").GetProperty("id").GetInt64();
        await superuser.DeleteAsync($"/api/admin/api-keys/{id}/");
        Assert.Equal(["api_key_created", "api_key_revoked"], (await rights.Identity.AuditAsync(person.Id)).Where(action => action.StartsWith("api_key", StringComparison.Ordinal)));
        Assert.DoesNotContain("\"import\"", await (await superuser.GetAsync($"/api/admin/api-keys/?user_id={person.Id}&is_live=true")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("\"import\"", await (await superuser.GetAsync($"/api/admin/api-keys/?user_id={person.Id}&is_live=false")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_would_do_less_than_they_say_are_not_made()
    {
        var person = await rights.AddMemberAsync((await rights.AddGroupAsync("shed.view_thing")).Name);
        var nobody = await rights.Identity.CreatePersonAsync();
        using var superuser = await rights.SuperuserAsync();
        var count = await rights.Server.ScalarAsync<long>("select count(*) from identity.api_keys");
        foreach (var (body, field) in new (object, string)[]
        {
            (new { user_id = person.Id, name = "k", scopes = new[] { "shed.view_thing", "shed.add_thing" } }, "scopes"),
            (new { user_id = person.Id, name = "k", scopes = Array.Empty<string>() }, "scopes"),
            (new { user_id = person.Id, name = "k", scopes = new string?[] { null } }, "scopes"),
            (new { user_id = person.Id, name = "k", scopes = new[] { "nonsense" } }, "scopes"),
            (new { user_id = nobody.Id, name = "k" }, "scopes"),
            (new { user_id = 999_999, name = "k" }, "user_id"),
            (new { name = "k" }, "user_id"),
            (new { user_id = person.Id, name = " " }, "name"),
            (new { user_id = person.Id, name = new string('k', 101) }, "name"),
            (new { user_id = person.Id, name = "k", expires_at = rights.Server.Clock.GetUtcNow() }, "expires_at"),
        })
        {
            await (await superuser.PostAsync("/api/admin/api-keys/", body)).ShouldNameAsync(field);
        }

        Assert.Equal(count, await rights.Server.ScalarAsync<long>("select count(*) from identity.api_keys"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => superuser.PostAsync("/api/admin/api-keys/", new { user_id = person.Id, name = "same" })));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        foreach (var other in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
            await other.ShouldBeProblemAsync(HttpStatusCode.Conflict, "api_key_exists");
        Assert.Equal(count + 1, await rights.Server.ScalarAsync<long>("select count(*) from identity.api_keys"));
    }

    [Fact]
    public async Task The_name_of_an_expired_key_is_free_again()
    {
        var person = await rights.AddMemberAsync((await rights.AddGroupAsync("shed.view_thing")).Name);
        using var superuser = await rights.SuperuserAsync();
        var first = await AddAsync(HttpStatusCode.Created);
        rights.Server.Clock.Advance(TimeSpan.FromMinutes(4));
        await AddAsync(HttpStatusCode.Conflict);
        Assert.Equal(1L, await rights.Server.ScalarAsync<long>("select count(*) from identity.api_keys where user_id = $1 and revoked_at is null", person.Id));
        rights.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        var second = await AddAsync(HttpStatusCode.Created);
        await AddAsync(HttpStatusCode.Conflict);
        Assert.Equal("v", await RightsServer.VerbsAsync(rights.WithKey(second.Text("key"))));
        await (await rights.WithKey(first.Text("key")).GetAsync(RightsServer.Things)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
        Assert.Equal((first.GetProperty("api_key").GetProperty("id").GetInt64(), 1L), (
            await rights.Server.ScalarAsync<long>("select id from identity.api_keys where user_id = $1 and revoked_at >= expires_at", person.Id),
            await rights.Server.ScalarAsync<long>("select count(*) from identity.api_keys where user_id = $1 and revoked_at is null", person.Id)));
        Assert.Equal(["api_key_created", "api_key_revoked", "api_key_created"], (await rights.Identity.AuditAsync(person.Id)).Where(action => action.StartsWith("api_key", StringComparison.Ordinal)));

        async Task<System.Text.Json.JsonElement> AddAsync(HttpStatusCode expected)
        {
            using var answer = await superuser.PostAsync("/api/admin/api-keys/", new { user_id = person.Id, name = "import", expires_at = rights.Server.Clock.GetUtcNow().AddMinutes(5) });
            Assert.Equal(expected, answer.StatusCode);
            return await answer.ReadAsync();
        }
    }

    [Fact]
    public async Task Its_last_use_is_written_once_a_minute_and_each_request_reads_once()
    {
        var person = await rights.AddMemberAsync((await rights.AddGroupAsync("shed.view_thing")).Name);
        var key = await rights.AddKeyAsync(person.Id);
        Assert.Null(await LastUsedAsync());
        Assert.Equal(1, await CountAsync("update"));
        var first = await LastUsedAsync();
        Assert.NotNull(first);
        rights.Server.Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(0, await CountAsync("update"));
        Assert.Equal(1, await CountAsync("select"));
        Assert.Equal(first, await LastUsedAsync());
        rights.Server.Clock.Advance(TimeSpan.FromSeconds(11));
        // Many at once: one row version more.
        await rights.Server.ExecuteAsync("create table changes_of_keys (id bigint); create function note_key() returns trigger language plpgsql as $$ begin insert into changes_of_keys values (new.id); return null; end $$; "
            + "create trigger note_key after update on identity.api_keys for each row execute function note_key()");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(n => rights.WithKey(key.Key, n % 2 == 0 ? rights.Server : rights.Other).GetAsync(RightsServer.Things)));
        Assert.Equal(1L, await rights.Server.ScalarAsync<long>("select count(*) from changes_of_keys where id = $1", key.Id));

        Task<string?> LastUsedAsync() => rights.Server.ScalarAsync<string>("select last_used_at::text from identity.api_keys where id = $1", key.Id);

        async Task<int> CountAsync(string verb)
        {
            using var statements = new SqlStatements(rights.Server);
            Assert.Equal(HttpStatusCode.OK, (await rights.WithKey(key.Key).GetAsync(RightsServer.Things)).StatusCode);
            return statements.Texts.Count(text => text.StartsWith(verb, StringComparison.Ordinal) && text.Contains("identity.api_keys", StringComparison.Ordinal));
        }
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
