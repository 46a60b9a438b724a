using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Maydon.Identity.Tokens;
using Maydon.Kernel.Http;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.WebUtilities;

namespace Maydon.Tests.Identity;

/// <summary>What the bearer scheme lets in and what it refuses, and who passes which policy.</summary>
public sealed class BearerTokenTest(TestPostgres postgres) : IAsyncLifetime
{
    private readonly TestServer _server = new(postgres);

    public async ValueTask InitializeAsync() => await _server.StartAsync(map: app =>
    {
        app.MapGet("/test/public", () => "public").AllowAnonymous();
        app.MapGet("/test/me", (CurrentUser user) => $"{user.Id} {user.SessionId?.Length}").RequireAuthorization();
        foreach (var policy in new[] { Policies.Seeker, Policies.Facilitator, Policies.FacilitatorOrStaff, Policies.Staff })
            app.MapGet($"/test/{policy}", () => "hello").RequireAuthorization(policy);
    });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Without_a_token_a_protected_endpoint_asks_for_one()
    {
        using var answer = await _server.CreateClient().GetAsync("/test/me");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer realm=\"api\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Contains("\"code\":\"not_authenticated\"", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_token_says_who_it_is_without_a_database_read()
    {
        var account = await _server.CreateUserAsync("Seeker");
        using var client = _server.SignIn(account);
        await _server.ExecuteAsync("drop schema identity cascade");
        // The first request verifies the signature, the second finds it remembered.
        for (var i = 0; i < 2; i++)
            Assert.Equal($"{account.Id} 22", await client.GetStringAsync("/test/me"));
    }

    [Fact]
    public async Task The_claims_are_the_promised_ones()
    {
        var account = await _server.CreateUserAsync("Seeker", "Facilitator");
        var before = _server.Clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = Payload(_server.MintAccessToken(account));
        Assert.Equal("access", (string)claims["token_type"]!);
        Assert.Equal(account.Id.ToString(CultureInfo.InvariantCulture), (string)claims["user_id"]!);
        Assert.Equal(["Seeker", "Facilitator"], claims["roles"]!.AsArray().Select(role => (string)role!));
        Assert.InRange((long)claims["iat"]!, before, before + 5);
        Assert.Equal((long)claims["iat"]!, (long)claims["nbf"]!);
        Assert.Equal((long)claims["iat"]! + 3600, (long)claims["exp"]!);
        Assert.False(string.IsNullOrEmpty((string)claims["jti"]!));
        Assert.False(string.IsNullOrEmpty((string)claims["sid"]!));
    }

    [Theory]
    [InlineData("Seeker", "Seeker")]
    [InlineData("Facilitator", "Facilitator FacilitatorOrStaff")]
    [InlineData("staff", "FacilitatorOrStaff Staff")]
    [InlineData("superuser", "FacilitatorOrStaff Staff")]
    [InlineData("Doctor", "")]
    public async Task Each_role_passes_its_policies_and_no_others(string role, string passes)
    {
        using var client = await _server.SignInAsync(role);
        foreach (var policy in new[] { Policies.Seeker, Policies.Facilitator, Policies.FacilitatorOrStaff, Policies.Staff })
        {
            using var answer = await client.GetAsync($"/test/{policy}");
            Assert.Equal(passes.Split(' ').Contains(policy) ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
            if (answer.StatusCode == HttpStatusCode.Forbidden)
                Assert.Contains("\"code\":\"permission_denied\"", await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task An_expired_token_is_refused_to_the_second_even_where_the_endpoint_is_public()
    {
        using var client = await _server.SignInAsync("Seeker");
        _server.Clock.Advance(TimeSpan.FromMinutes(60) - TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/test/me")).StatusCode);
        _server.Clock.Advance(TimeSpan.FromSeconds(5));
        await AssertNotValid(await client.GetAsync("/test/me"));
        await AssertNotValid(await client.GetAsync("/test/public"));
        await AssertNotValid(await client.GetAsync("/test/Seeker"));
    }

    [Fact]
    public async Task A_token_with_anything_wrong_about_it_is_refused()
    {
        var account = await _server.CreateUserAsync("Seeker");
        var good = _server.MintAccessToken(account);
        var parts = good.Split('.');
        var claims = Payload(good);
        var key = _server.App.Services.GetRequiredService<DerivedKeys>().TokenSigning;
        Assert.Equal(HttpStatusCode.OK, (await GetWith(Signed(claims, "HS256", key))).StatusCode);

        string[] wrong =
        [
            "", "x", "a.b.c", "....", parts[0] + "." + parts[1], parts[0] + "." + parts[1] + ".", good + "x", good + "." + parts[2], new string('a', 5000),
            parts[0] + "." + Encode(With(claims, "user_id", "2")) + "." + parts[2],
            Encode("""{"alg":"none","typ":"JWT"}""") + "." + parts[1] + ".",
            Signed(claims, "HS512", key), Signed(claims, "HS384", key),
            Signed(claims, "HS256", RandomNumberGenerator.GetBytes(32)),
            Signed(With(claims, "iss", "other"), "HS256", key), Signed(With(claims, "aud", "other"), "HS256", key),
            Signed(With(claims, "token_type", "refresh"), "HS256", key), Signed(With(claims, "token_type", null), "HS256", key),
            Signed(With(claims, "exp", null), "HS256", key), Signed(With(claims, "sid", null), "HS256", key),
            Signed(With(claims, "user_id", "-1"), "HS256", key), Signed(With(claims, "user_id", "x"), "HS256", key),
            Encode("{") + "." + parts[1] + "." + parts[2], Encode("[]") + "." + parts[1] + "." + parts[2], Encode("null") + "." + parts[1] + "." + parts[2],
            Encode("""{"alg":7}""") + "." + parts[1] + "." + parts[2], Encode("""{"alg":"RS256","kid":{"a":[]}}""") + "." + parts[1] + "." + parts[2],
            Encode("""{"alg":"HS256","zip":"DEF"}""") + "." + parts[1] + "." + parts[2], Encode("""{"alg":"dir","enc":"A256GCM"}""") + ".." + parts[1] + ".." + parts[2],
            parts[0] + "." + Encode("{") + "." + parts[2], parts[0] + "." + Encode("[[[[") + "." + parts[2], parts[0] + "." + Encode(new string('[', 1500)) + "." + parts[2],
            Signed("{", "HS256", key), Signed("[]", "HS256", key), Signed("null", "HS256", key), Signed("\"x\"", "HS256", key),
            Signed("""{"iss":[],"aud":{},"exp":"x","nbf":1.5,"roles":{"a":1}}""", "HS256", key), Signed(With(claims, "exp", "9999999999999999999999"), "HS256", key),
            Signed(With(claims, "nbf", long.MaxValue), "HS256", key),
            Signed(With(claims, "roles", new JsonArray((JsonNode?)null)), "HS256", key),
            // The same bits in another spelling, and far too long though rightly signed.
            OtherSpelling(good), Signed(With(claims, "extra", new string('a', 5000)), "HS256", key),
            parts[0] + ".%%%." + parts[2], parts[0] + "." + parts[1] + ".%%%", "\"" + good + "\"",
            Signed(With(claims, "nbf", _server.Clock.GetUtcNow().ToUnixTimeSeconds() + 60), "HS256", key),
        ];
        foreach (var token in wrong)
        {
            using var answer = await GetWith(token);
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{answer.StatusCode} for {Array.IndexOf(wrong, token)}: {token}");
            await AssertNotValid(answer);
        }

        Assert.Equal(HttpStatusCode.OK, (await GetWith(good)).StatusCode);
    }

    /// <summary>The last character of a signature carries two bits that decode to nothing: changing them changes no byte.</summary>
    private static string OtherSpelling(string token)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return token[..^1] + alphabet[alphabet.IndexOf(token[^1], StringComparison.Ordinal) ^ 1];
    }

    private async Task<HttpResponseMessage> GetWith(string token)
    {
        using var client = _server.CreateClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return await client.GetAsync("/test/me");
    }

    private static async Task AssertNotValid(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer realm=\"api\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Contains("\"code\":\"token_not_valid\"", await answer.Content.ReadAsStringAsync());
    }

    private static JsonObject Payload(string token) =>
        JsonNode.Parse(WebEncoders.Base64UrlDecode(token.Split('.')[1]))!.AsObject();

    private static string With(JsonObject claims, string name, JsonNode? value)
    {
        var changed = claims.DeepClone().AsObject();
        changed[name] = value;
        if (value is null)
            changed.Remove(name);
        return changed.ToJsonString();
    }

    private static string Encode(string json) => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(json));

    private static string Signed(JsonNode claims, string algorithm, byte[] key) => Signed(claims.ToJsonString(), algorithm, key);

    private static string Signed(string claims, string algorithm, byte[] key)
    {
        var text = Encode(JsonSerializer.Serialize(new { alg = algorithm, typ = "JWT" })) + "." + Encode(claims);
        var bytes = Encoding.UTF8.GetBytes(text);
        var signature = algorithm switch
        {
            "HS512" => HMACSHA512.HashData(key, bytes),
            "HS384" => HMACSHA384.HashData(key, bytes),
            _ => HMACSHA256.HashData(key, bytes),
        };
        return text + "." + WebEncoders.Base64UrlEncode(signature);
    }
}
