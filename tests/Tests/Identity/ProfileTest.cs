using System.Net;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;

namespace Maydon.Tests.Identity;

/// <summary><c>/auth/me</c>.</summary>
public sealed class ProfileTest(IdentityServer identity) : IClassFixture<IdentityServer>
{
    [Fact]
    public async Task Name_and_language_can_be_changed_and_nothing_else()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        using var client = identity.Server.SignIn(person);
        using var answer = await client.PatchAsync("/auth/me", new
        {
            full_name = "  Oybek Toʻxta ",
            language = "uz-Cyrl",
            role = "Facilitator",
            roles = new[] { "Doctor" },
            is_staff = true,
            is_superuser = true,
            email = "new@example.org",
            email_verified = false,
            id = 1,
        });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var body = await answer.ReadAsync();
        Assert.Equal("Oybek Toʻxta", body.Text("full_name"));
        Assert.Equal("uz-Cyrl", body.Text("language"));
        var stored = await identity.Server.ScalarAsync<string>(
            "select concat_ws('|', full_name, language, email, array_to_string(roles, ','), is_staff, is_superuser, email_verified) from identity.users where id = $1", person.Id);
        Assert.Equal($"Oybek Toʻxta|uz-Cyrl|{person.Email}|Seeker|f|f|t", stored);
    }

    [Fact]
    public async Task What_is_absent_stays()
    {
        var person = await identity.CreatePersonAsync("Seeker");
        using var client = identity.Server.SignIn(person);
        await client.PatchAsync("/auth/me", new { language = "ru" });
        var body = await (await client.PatchAsync("/auth/me", new { })).ReadAsync();
        Assert.Equal("ru", body.Text("language"));
        Assert.Equal(person.FullName, body.Text("full_name"));
    }

    [Theory]
    [InlineData("language", "de")]
    [InlineData("language", "")]
    [InlineData("full_name", "151")]
    public async Task What_does_not_fit_is_refused(string field, string value)
    {
        var person = await identity.CreatePersonAsync("Seeker");
        using var client = identity.Server.SignIn(person);
        using var answer = await client.PatchAsync("/auth/me", new Dictionary<string, string> { [field] = value == "151" ? new string('a', 151) : value });
        await answer.ShouldNameAsync(field);
        Assert.Equal($"{person.FullName} uz", await identity.Server.ScalarAsync<string>("select full_name || ' ' || language from identity.users where id = $1", person.Id));
    }

    [Fact]
    public async Task Nobody_sees_it_without_signing_in()
    {
        using var answer = await identity.Anyone.GetAsync("/auth/me");
        await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "not_authenticated");
    }
}
