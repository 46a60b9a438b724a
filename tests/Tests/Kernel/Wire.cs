using System.Net;
using System.Text;
using System.Text.Json;

namespace Maydon.Tests.Kernel;

/// <summary>Raw requests and what came back.</summary>
internal static class Wire
{
    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    public static async Task<JsonElement> ReadAsync(this HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    public static string Header(this HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));

    /// <summary>The answer is problem details of this status and code, complete and consistent.</summary>
    public static async Task<JsonElement> ShouldBeProblemAsync(this HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode} instead of {(int)status}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var body = JsonSerializer.Deserialize<JsonElement>(text);
        Assert.Equal(code, body.GetProperty("code").GetString());
        Assert.Equal((int)status, body.GetProperty("status").GetInt32());
        Assert.NotEmpty(body.GetProperty("type").GetString()!);
        Assert.NotEmpty(body.GetProperty("title").GetString()!);
        Assert.NotEqual(code, body.GetProperty("detail").GetString());
        Assert.NotEmpty(body.GetProperty("trace_id").GetString()!);
        Assert.Equal(code == "validation_error", body.TryGetProperty("errors", out _));
        return body;
    }

    /// <summary>400 <c>validation_error</c> about exactly these fields; returns the messages of the first.</summary>
    public static async Task<string> ShouldNameAsync(this HttpResponseMessage response, params string[] fields)
    {
        var body = await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "validation_error");
        Assert.Equal(fields, body.GetProperty("errors").EnumerateObject().Select(field => field.Name));
        var message = body.GetProperty("errors").GetProperty(fields[0])[0].GetString()!;
        Assert.StartsWith($"{fields[0]}: {message.TrimEnd('.')}", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        return message;
    }
}
