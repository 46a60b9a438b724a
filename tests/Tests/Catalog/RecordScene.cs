using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Tests.Events;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog;

/// <summary>Whoever may do everything with the catalogue, and what they do.</summary>
internal static class RecordScene
{
    public static Task<HttpClient> SignInKeeperAsync(this TestServer server) => server.SignInAsync("staff", "superuser");

    public static string NewCode() => $"T-{System.Security.Cryptography.RandomNumberGenerator.GetHexString(12)}";

    public static string At(string list, string code, string suffix = "") => $"/api/v1/{list}/{Uri.EscapeDataString(code)}/{suffix}";

    public static string CodeField(string list) => list == "client" ? "client_code_1c" : "code_1c";

    /// <summary>201 with this record; the fields beside the code and a name.</summary>
    public static async Task<JsonNode> AddRecordAsync(this HttpClient keeper, string list, string code, string name = "Thing", JsonObject? fields = null)
    {
        var body = (JsonObject?)fields?.DeepClone() ?? [];
        body[CodeField(list)] = code;
        body["name"] = name;
        using var answer = await keeper.PostAsJsonAsync($"/api/v1/{list}/", body);
        var made = await answer.ReadAsync();
        Assert.True((int)answer.StatusCode == 201, made.ToJsonString());
        return made;
    }

    public static async Task<(int Status, JsonNode Body, string? Tag)> SendRecordAsync(this HttpClient client, HttpMethod method, string address, object? body = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!, answer.Headers.ETag?.ToString());
    }

    public static async Task<JsonNode> ReadRecordAsync(this HttpClient client, string address)
    {
        using var answer = await client.GetAsync(address);
        var body = await answer.ReadAsync();
        Assert.True((int)answer.StatusCode == 200, $"{address}: {body.ToJsonString()}");
        return body;
    }

    public static IEnumerable<string> Codes(this JsonNode page, string list) => page["results"]!.AsArray().Select(record => (string)record![CodeField(list)]!);

    public static EntityTagHeaderValue Tag(string text) => EntityTagHeaderValue.Parse(text);
}
