using System.Net.Http.Headers;
using System.Security.Cryptography;
using Maydon.Identity.Tokens;
using Maydon.Kernel.Http;

namespace Maydon.Tests.Support;

/// <summary>An account made directly in the database: verified, without a password unless one is set.</summary>
public sealed record TestAccount(long Id, string Email, string FullName, IReadOnlyList<string> Roles, string Language);

/// <summary>People for tests that are not about signing in.</summary>
public static class Accounts
{
    /// <summary>
    /// Roles are the account's own plus, for staff and superusers, <c>staff</c> and <c>superuser</c>, and permissions such as <c>catalog.add_project</c>,
    /// which are in the tokens of <see cref="MintAccessToken"/> without a group that grants them.
    /// </summary>
    public static Task<TestAccount> CreateUserAsync(this TestServer server, params string[] roles) => server.CreatePersonAsync(email: null, "uz", roles);

    /// <summary>Not an overload of <see cref="CreateUserAsync"/>: two roles would be taken for an email and a language.</summary>
    public static async Task<TestAccount> CreatePersonAsync(this TestServer server, string? email, string language, params string[] roles)
    {
        var name = $"person{RandomNumberGenerator.GetHexString(10, lowercase: true)}";
        email ??= $"{name}@example.org";
        var id = await server.ScalarAsync<long>(
            """
            insert into identity.users (email, full_name, roles, is_staff, is_superuser, email_verified, language, date_joined)
            values ($1, $2, $3, $4, $5, true, $6, $7) returning id
            """,
            email, $"Test {name}", roles.Where(role => role is not ("staff" or "superuser") && !IsPermission(role)).ToArray(),
            roles.Contains("staff"), roles.Contains("superuser"), language, server.Clock.GetUtcNow().UtcDateTime);
        return new TestAccount(id, email, $"Test {name}", roles, language);
    }

    /// <summary>A new person with these roles, signed in.</summary>
    public static async Task<HttpClient> SignInAsync(this TestServer server, params string[] roles) => server.SignIn(await server.CreateUserAsync(roles));

    /// <summary>A client that carries an access token of its own for the account.</summary>
    public static HttpClient SignIn(this TestServer server, TestAccount account)
    {
        var client = server.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.MintAccessToken(account));
        return client;
    }

    public static string MintAccessToken(this TestServer server, TestAccount account) =>
        server.App.Services.GetRequiredService<AccessTokens>().Issue(
            new TokenSubject(account.Id, [.. account.Roles.Where(role => !IsPermission(role))], account.Language, PermissionClaim.ValueOf(account.Roles.Where(IsPermission))),
            AccessTokens.NewId());

    private static bool IsPermission(string role) => role.Contains('.', StringComparison.Ordinal);
}
