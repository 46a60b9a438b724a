using System.Net;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;

namespace Maydon.Tests.Identity;

/// <summary><c>/api/admin/users/</c>: who may see and change accounts, and how far.</summary>
public sealed class StaffUsersTest(IdentityServer identity) : IClassFixture<IdentityServer>
{
    [Theory]
    [InlineData("Seeker")]
    [InlineData("Facilitator")]
    public async Task It_is_for_staff_alone(string role)
    {
        var victim = await identity.CreatePersonAsync("Seeker");
        using var client = await identity.Server.SignInAsync(role);
        await (await client.GetAsync("/api/admin/users/")).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "permission_denied");
        await (await client.PatchAsync($"/api/admin/users/{victim.Id}/", new { is_active = false })).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "permission_denied");
        await (await identity.Anyone.GetAsync("/api/admin/users/")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "not_authenticated");
        Assert.True(await identity.Server.ScalarAsync<bool>("select is_active from identity.users where id = $1", victim.Id));
    }

    [Fact]
    public async Task Accounts_are_found_by_words_and_filters()
    {
        var found = await identity.Server.CreatePersonAsync("needle.one@example.org", "uz", "Doctor");
        await identity.Server.ExecuteAsync("update identity.users set full_name = 'Komila 100%_sure', phone = '+998971112233', is_active = false where id = $1", found.Id);
        using var staff = await identity.Server.SignInAsync("staff");
        foreach (var query in new[]
        {
            "search=NEEDLE,komila", "search=100%25_sure", "search=97111", "search=needle&role=Doctor&is_active=false&is_staff=false&email_verified=true&ordering=-email",
        })
        {
            var page = await (await staff.GetAsync($"/api/admin/users/?{query}")).ReadAsync();
            Assert.Equal(1, page.GetProperty("count").GetInt32());
            var row = page.GetProperty("results")[0];
            Assert.Equal(found.Id, row.GetProperty("id").GetInt64());
            Assert.False(row.TryGetProperty("password_hash", out _));
        }

        await identity.Server.ExecuteAsync("update identity.users set full_name = 'Ўктам Oʻktamov' where id = $1", found.Id);
        foreach (var word in new[] { "ЎКТАМ", "o'KTAMOV", "O‘ktam,needle" })
            Assert.Equal(1, (await (await staff.GetAsync($"/api/admin/users/?search={Uri.EscapeDataString(word)}")).ReadAsync()).GetProperty("count").GetInt32());
        foreach (var nothing in new[] { "search=needle,absent", "search=needle&role=Clinic", "search=needle&is_active=true", "search=needle&is_staff=true", "search=needle&email_verified=false" })
            Assert.Equal(0, (await (await staff.GetAsync($"/api/admin/users/?{nothing}")).ReadAsync()).GetProperty("count").GetInt32());
        await (await staff.GetAsync("/api/admin/users/?ordering=password_hash")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid_ordering");
        await (await staff.GetAsync("/api/admin/users/?is_active=perhaps")).ShouldNameAsync("is_active");
        await (await staff.GetAsync("/api/admin/users/?role=King")).ShouldNameAsync("role");
        await (await staff.GetAsync("/api/admin/users/?page=100000")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "invalid_page");
    }

    [Fact]
    public async Task New_roles_hold_at_once_and_the_old_tokens_are_dead()
    {
        var person = await identity.CreatePersonAsync("Facilitator");
        var session = await identity.LoginAsync(person);
        var staffAccount = await identity.Server.CreateUserAsync("staff");
        using var staff = identity.Server.SignIn(staffAccount);
        using var answer = await staff.PatchAsync($"/api/admin/users/{person.Id}/", new { roles = new[] { "Seeker", "Facilitator", "Seeker" } });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["Seeker", "Facilitator"], (await answer.ReadAsync()).GetProperty("roles").EnumerateArray().Select(role => role.GetString()));

        using var old = await identity.Bearing(session.Text("access")).GetAsync("/auth/me");
        await old.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
        using var refresh = await identity.Anyone.PostAsync("/auth/refresh", new { refresh = session.Text("refresh") });
        Assert.Equal(HttpStatusCode.Unauthorized, refresh.StatusCode);
        Assert.Equal("Seeker", (await identity.LoginAsync(person)).GetProperty("user").Text("role"));
        Assert.Equal(1, await identity.Server.ScalarAsync<long>(
            "select count(*) from kernel.audit_log where action = 'account_changed' and user_id = $1 and actor_id = $2", person.Id, staffAccount.Id));
    }

    [Fact]
    public async Task A_deactivated_account_is_out_at_once()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var session = await identity.LoginAsync(person);
        using var staff = await identity.Server.SignInAsync("staff");
        Assert.Equal(HttpStatusCode.OK, (await staff.PatchAsync($"/api/admin/users/{person.Id}/", new { is_active = false })).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await identity.Bearing(session.Text("access")).GetAsync("/auth/me")).StatusCode);
        using var login = await identity.Anyone.PostAsync("/auth/login", new { email = person.Email, password = IdentityServer.Password });
        await login.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "invalid_credentials");
        Assert.Equal(HttpStatusCode.OK, (await staff.PatchAsync($"/api/admin/users/{person.Id}/", new { is_active = true })).StatusCode);
        await identity.LoginAsync(person);
    }

    [Fact]
    public async Task What_changes_nothing_ends_nothing()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        var session = await identity.LoginAsync(person);
        using var staff = await identity.Server.SignInAsync("staff");
        Assert.Equal(HttpStatusCode.OK, (await staff.PatchAsync($"/api/admin/users/{person.Id}/", new { is_active = true, roles = new[] { "Seeker" }, is_superuser = true })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await identity.Bearing(session.Text("access")).GetAsync("/auth/me")).StatusCode);
        Assert.False(await identity.Server.ScalarAsync<bool>("select is_superuser from identity.users where id = $1", person.Id));
    }

    [Fact]
    public async Task Nobody_raises_their_own_rights_and_staff_touch_neither_staff_nor_superusers()
    {
        var staffAccount = await identity.Server.CreateUserAsync("staff", "Seeker");
        var colleague = await identity.Server.CreateUserAsync("staff");
        var superAccount = await identity.Server.CreateUserAsync("superuser");
        var person = await identity.Server.CreateUserAsync("Seeker");
        using var staff = identity.Server.SignIn(staffAccount);
        using var superuser = identity.Server.SignIn(superAccount);
        (HttpClient Who, long Whom, object What)[] refused =
        [
            (staff, staffAccount.Id, new { roles = new[] { "Seeker", "Doctor" } }),
            (staff, staffAccount.Id, new { is_staff = true }),
            (staff, person.Id, new { is_staff = true }),
            (staff, person.Id, new { is_staff = false }),
            (staff, colleague.Id, new { is_active = false }),
            (staff, superAccount.Id, new { is_active = false }),
            (staff, superAccount.Id, new { roles = Array.Empty<string>() }),
            (superuser, superAccount.Id, new { roles = new[] { "Doctor" } }),
            (superuser, superAccount.Id, new { is_staff = true }),
        ];
        var before = await DumpAsync();
        foreach (var (who, whom, what) in refused)
            await (await who.PatchAsync($"/api/admin/users/{whom}/", what)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "permission_denied");
        Assert.Equal(before, await DumpAsync());
        Assert.Equal(refused.Length, await identity.Server.ScalarAsync<long>(
            "select count(*) from kernel.audit_log where action = 'access_refused' and user_id in ($1, $2)", staffAccount.Id, superAccount.Id));

        Assert.Equal(HttpStatusCode.OK, (await superuser.PatchAsync($"/api/admin/users/{person.Id}/", new { is_staff = true })).StatusCode);
        Assert.True(await identity.Server.ScalarAsync<bool>("select is_staff from identity.users where id = $1", person.Id));
        Assert.Equal(HttpStatusCode.OK, (await staff.PatchAsync($"/api/admin/users/{staffAccount.Id}/", new { roles = Array.Empty<string>() })).StatusCode);
    }

    [Theory]
    [InlineData("Clinic")]
    [InlineData("Doctor")]
    [InlineData("Registrar")]
    public async Task A_role_that_nobody_can_sign_up_with_is_a_superusers_to_give_and_staffs_to_take(string role)
    {
        var person = await identity.Server.CreateUserAsync("Seeker");
        using var staff = await identity.Server.SignInAsync("staff");
        using var superuser = await identity.Server.SignInAsync("superuser");
        var address = $"/api/admin/users/{person.Id}/";
        await (await staff.PatchAsync(address, new { roles = new[] { "Seeker", role } })).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "permission_denied");
        Assert.Equal("{Seeker}", await RolesAsync());
        Assert.Equal(HttpStatusCode.OK, (await superuser.PatchAsync(address, new { roles = new[] { role } })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await staff.PatchAsync(address, new { roles = new[] { role, "Facilitator" } })).StatusCode);
        Assert.Equal($"{{{role},Facilitator}}", await RolesAsync());
        Assert.Equal(HttpStatusCode.OK, (await staff.PatchAsync(address, new { roles = new[] { "Facilitator" } })).StatusCode);
        await (await staff.PatchAsync(address, new { roles = new[] { role, "Facilitator" } })).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "permission_denied");
        Assert.Equal("{Facilitator}", await RolesAsync());

        Task<string?> RolesAsync() => identity.Server.ScalarAsync<string>("select roles::text from identity.users where id = $1", person.Id);
    }

    [Fact]
    public async Task Unknown_roles_and_accounts_are_refused()
    {
        using var staff = await identity.Server.SignInAsync("staff");
        var person = await identity.Server.CreateUserAsync("Seeker");
        foreach (var role in new[] { "King", "staff", "superuser", "seeker", "" })
            await (await staff.PatchAsync($"/api/admin/users/{person.Id}/", new { roles = new[] { "Seeker", role } })).ShouldNameAsync("roles");
        await (await staff.PatchAsync($"/api/admin/users/{person.Id}/", new { roles = new string?[] { null } })).ShouldNameAsync("roles");
        await (await staff.PatchAsync("/api/admin/users/999999/", new { is_active = false })).ShouldBeProblemAsync(HttpStatusCode.NotFound, "user_not_found");
    }

    [Fact]
    public async Task The_last_superuser_stays_also_when_the_last_two_turn_on_each_other()
    {
        for (var round = 0; round < 10; round++)
        {
            await identity.Server.ExecuteAsync("update identity.users set is_superuser = false");
            var (one, other) = (await identity.Server.CreateUserAsync("superuser"), await identity.Server.CreateUserAsync("superuser"));
            var answers = await Task.WhenAll(
                identity.Server.SignIn(one).PatchAsync($"/api/admin/users/{other.Id}/", new { is_active = false }),
                identity.Server.SignIn(other).PatchAsync($"/api/admin/users/{one.Id}/", new { is_active = false }));
            Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
            await Assert.Single(answers, answer => answer.StatusCode != HttpStatusCode.OK).ShouldBeProblemAsync(HttpStatusCode.Conflict, "last_superuser");
            Assert.Equal(1, await identity.Server.ScalarAsync<long>("select count(*) from identity.users where is_superuser and is_active"));
        }
    }

    private Task<string?> DumpAsync() => identity.Server.ScalarAsync<string>("select string_agg(u::text, ' ' order by id) from identity.users u");
}
