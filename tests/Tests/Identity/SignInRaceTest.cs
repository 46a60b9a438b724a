using System.Net;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;

namespace Maydon.Tests.Identity;

/// <summary>Signing in and refreshing while somebody takes the rights away: no token survives with rights the account has no more.</summary>
public sealed class SignInRaceTest(IdentityServer identity) : IClassFixture<IdentityServer>
{
    [Fact]
    public async Task A_sign_in_or_refresh_during_a_change_of_roles_never_keeps_the_old_ones()
    {
        using var staff = await identity.Server.SignInAsync("staff");
        for (var round = 0; round < 25; round++)
        {
            var person = await identity.CreatePersonAsync("Facilitator");
            var session = await identity.LoginAsync(person);
            var logins = Enumerable.Range(0, 3).Select(_ => identity.Anyone.PostAsync("/auth/login", new { email = person.Email, password = IdentityServer.Password })).ToList();
            var refresh = identity.Anyone.PostAsync("/auth/refresh", new { refresh = session.Text("refresh") });
            var change = staff.PatchAsync($"/api/admin/users/{person.Id}/", new { roles = new[] { "Seeker" } });
            Assert.Equal(HttpStatusCode.OK, (await change).StatusCode);

            foreach (var answer in await Task.WhenAll(logins.Append(refresh)))
            {
                if (answer.StatusCode != HttpStatusCode.OK)
                    continue;
                // Either dead, or with the new role.
                using var organising = await identity.Bearing((await answer.ReadAsync()).Text("access")).PostAsync("/api/events/", new { });
                Assert.True(organising.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"round {round}: {organising.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task A_sign_in_during_a_change_of_password_never_survives_it()
    {
        for (var round = 0; round < 15; round++)
        {
            var person = await identity.CreatePersonAsync("Seeker");
            var session = await identity.LoginAsync(person);
            var logins = Enumerable.Range(0, 3).Select(_ => identity.Anyone.PostAsync("/auth/login", new { email = person.Email, password = IdentityServer.Password })).ToList();
            var change = identity.Bearing(session.Text("access")).PostAsync("/auth/password/change", new { old_password = IdentityServer.Password, new_password = "quite-another-55" });
            Assert.Equal(HttpStatusCode.NoContent, (await change).StatusCode);
            foreach (var answer in await Task.WhenAll(logins))
            {
                if (answer.StatusCode != HttpStatusCode.OK)
                    continue;
                using var me = await identity.Bearing((await answer.ReadAsync()).Text("access")).GetAsync("/auth/me");
                Assert.Equal(HttpStatusCode.Unauthorized, me.StatusCode);
            }
        }
    }
}
