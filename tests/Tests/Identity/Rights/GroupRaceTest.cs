using System.Net;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;

namespace Maydon.Tests.Identity.Rights;

/// <summary>Groups that change while people sign in, while others change them, and while their members come and go.</summary>
public sealed class GroupRaceTest(RightsServer rights) : IClassFixture<RightsServer>
{
    [Fact]
    public async Task A_sign_in_or_refresh_during_a_change_of_a_group_never_keeps_what_it_permitted()
    {
        using var superuser = await rights.SuperuserAsync();
        for (var round = 0; round < 25; round++)
        {
            var group = await rights.AddGroupAsync("shed.view_thing");
            var person = await rights.AddMemberAsync(group.Name);
            var session = await rights.Identity.LoginAsync(person);
            var doors = new[] { rights.Identity.Anyone, rights.Other.CreateClient() };
            var logins = Enumerable.Range(0, 4).Select(n => doors[n % 2].PostAsync("/auth/login", new { email = person.Email, password = IdentityServer.Password })).ToList();
            var refresh = doors[1].PostAsync("/auth/refresh", new { refresh = session.Text("refresh") });
            using var change = await superuser.PatchAsync($"/api/admin/groups/{group.Id}/", new { permissions = Array.Empty<string>() });
            Assert.Equal(HttpStatusCode.OK, change.StatusCode);
            foreach (var answer in await Task.WhenAll(logins.Append(refresh)))
            {
                if (answer.StatusCode != HttpStatusCode.OK)
                    continue;
                // Either dead, or without the permission.
                using var view = await rights.Bearing((await answer.ReadAsync()).Text("access")).GetAsync(RightsServer.Things);
                Assert.True(view.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"round {round}: {view.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task Of_many_changes_at_once_each_is_recorded_after_the_one_before_it()
    {
        var group = await rights.AddGroupAsync();
        using var superuser = await rights.SuperuserAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n =>
            superuser.PatchAsync($"/api/admin/groups/{group.Id}/", new { permissions = RightsServer.AllOfThings.Where((_, bit) => (n % 16 & 1 << bit) > 0) })));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        // What one found is what the one before it left, and the last left what is there.
        Assert.Equal(0L, await rights.Server.ScalarAsync<long>(
            """
            select count(*) from (
                select details -> 'before' as found, lag(details -> 'after') over (order by id) as before
                from kernel.audit_log where action = 'group_changed' and (details ->> 'Id')::bigint = $1) change
            where before is not null and found <> before
            """, group.Id));
        Assert.True(await rights.Server.ScalarAsync<bool>(
            """
            select to_jsonb(g.permissions) = (select details -> 'after' -> 'Permissions' from kernel.audit_log where action = 'group_changed' and (details ->> 'Id')::bigint = $1 order by id desc limit 1)
            from identity.groups g where id = $1
            """, group.Id));
    }

    [Fact]
    public async Task Of_many_that_make_one_group_at_once_one_does()
    {
        using var superuser = await rights.SuperuserAsync();
        var name = RightsServer.NewName();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => superuser.PostAsync("/api/admin/groups/", new { name = n % 2 == 0 ? name : name.ToUpperInvariant() })));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        foreach (var other in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
            await other.ShouldBeProblemAsync(HttpStatusCode.Conflict, "group_exists");
    }

    /// <summary>Each locks the sessions of all four people: in any other than one order two of them would wait for each other.</summary>
    [Fact]
    public async Task Groups_that_share_their_members_are_changed_at_once_without_waiting_in_a_circle()
    {
        var groups = new List<(long Id, string Name)>();
        for (var i = 0; i < 4; i++)
            groups.Add(await rights.AddGroupAsync());
        var people = new List<long>();
        for (var i = 0; i < 4; i++)
            people.Add((await rights.AddMemberAsync([.. groups.Select(group => group.Name)])).Id);
        var superuser = await rights.Server.CreateUserAsync("superuser");
        HttpClient[] nodes = [rights.Server.SignIn(superuser), rights.Other.SignIn(superuser)];
        for (var round = 0; round < 8; round++)
        {
            await rights.Server.ExecuteAsync(
                """
                insert into identity.sessions (id, user_id, device, created_at, last_seen_at, expires_at)
                select left(md5(random()::text), 22), member, '', now(), now(), now() + interval '1 day' from unnest($1) member, generate_series(1, 100)
                """, people.ToArray());
            var answers = await Task.WhenAll(groups.Select((group, n) =>
                nodes[n % 2].PatchAsync($"/api/admin/groups/{group.Id}/", new { permissions = round % 2 == 0 ? RightsServer.AllOfThings : [] })));
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
            Assert.Equal(0L, await rights.Server.ScalarAsync<long>("select count(*) from identity.sessions where ended_at is null and user_id = any ($1)", people.ToArray()));
        }
    }

    /// <summary>Groups that share their members, changed and deleted from both nodes while the members sign in and out and change groups: nothing waits in a circle.</summary>
    [Fact]
    public async Task Everything_at_once_ends_without_an_error()
    {
        var groups = new List<(long Id, string Name)>();
        for (var i = 0; i < 4; i++)
            groups.Add(await rights.AddGroupAsync("shed.view_thing"));
        var people = new List<TestAccount>();
        for (var i = 0; i < 4; i++)
            people.Add(await rights.AddMemberAsync([.. groups.Select(group => group.Name)]));
        foreach (var person in people)
            for (var i = 0; i < 3; i++)
                await rights.Identity.LoginAsync(person);

        var superuser = await rights.Server.CreateUserAsync("superuser");
        HttpClient[] nodes = [rights.Server.SignIn(superuser), rights.Other.SignIn(superuser)];
        var work = new List<Task<HttpResponseMessage>>();
        for (var n = 0; n < 40; n++)
        {
            var node = nodes[n % 2];
            var (group, person) = (groups[n * 7 % 4], people[n * 3 % 4]);
            work.Add(node.PatchAsync($"/api/admin/groups/{group.Id}/", new { permissions = n % 3 == 0 ? [] : new[] { RightsServer.AllOfThings[n % 4] } }));
            work.Add(node.PatchAsync($"/api/admin/users/{person.Id}/", new { groups = groups.Where((_, bit) => (n & 1 << bit) > 0).Select(each => each.Name) }));
            work.Add(rights.Identity.Anyone.PostAsync("/auth/login", new { email = person.Email, password = IdentityServer.Password }));
            if (n == 30)
                work.Add(node.DeleteAsync($"/api/admin/groups/{groups[3].Id}/"));
        }

        var answers = await Task.WhenAll(work);
        // 404 and 400: the group that was deleted meanwhile; 503 and 429: more passwords at once than are hashed, or tried for one account.
        var unexpected = answers.Where(answer => !answer.IsSuccessStatusCode && answer.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.BadRequest)
            && !(answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests && answer.RequestMessage!.RequestUri!.AbsolutePath == "/auth/login")).ToList();
        Assert.Empty(unexpected.Select(answer => $"{answer.RequestMessage}: {answer.StatusCode}"));
    }
}
