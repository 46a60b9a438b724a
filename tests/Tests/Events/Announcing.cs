using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Tests.Support;

namespace Maydon.Tests.Events;

/// <summary>Announcing events through the API, and reading answers.</summary>
internal static class Announcing
{
    /// <summary>An event that everybody would accept: tomorrow, two hours, in Tashkent, ten seats.</summary>
    public static JsonObject Terms(this TestServer server, string title = "A talk", double startsInHours = 24, double hours = 2)
    {
        var start = server.Clock.GetUtcNow().AddHours(startsInHours);
        return new JsonObject
        {
            ["title"] = title,
            ["description"] = "What it is about",
            ["event_type"] = "OFFLINE",
            ["location"] = "Tashkent, Navoiy 1",
            ["language"] = "uz",
            ["starts_at"] = start,
            ["ends_at"] = start.AddHours(hours),
            ["capacity"] = 10,
        };
    }

    public static JsonObject With(this JsonObject terms, string field, JsonNode? value)
    {
        terms[field] = value;
        return terms;
    }

    public static async Task<long> AnnounceAsync(this HttpClient organiser, JsonObject terms)
    {
        using var answer = await organiser.PostAsJsonAsync("/api/events/", terms);
        Assert.Equal(201, (int)answer.StatusCode);
        return (await answer.ReadAsync())["id"]!.GetValue<long>();
    }

    /// <summary>So many new people register, and cancel again if told to.</summary>
    public static async Task FillAsync(this TestServer server, long id, int people, bool cancel = false)
    {
        for (var person = 0; person < people; person++)
            await server.FillAsync(id, await server.CreateUserAsync("Seeker"), cancel);
    }

    public static async Task FillAsync(this TestServer server, long id, TestAccount person, bool cancel = false)
    {
        using var client = server.SignIn(person);
        using (var registered = await client.PostAsync($"/api/events/{id}/register/", content: null))
            Assert.Equal(201, (int)registered.StatusCode);
        if (!cancel)
            return;
        using (var cancelled = await client.PostAsync($"/api/events/{id}/cancel/", content: null))
            Assert.Equal(200, (int)cancelled.StatusCode);
    }

    public static async Task<JsonNode> ReadAsync(this HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

    public static async Task<JsonNode> GetJsonAsync(this HttpClient client, string address)
    {
        using var answer = await client.GetAsync(address);
        Assert.Equal(200, (int)answer.StatusCode);
        return await answer.ReadAsync();
    }

    public static async Task<List<string>> TitlesAsync(this HttpClient client, string address) =>
        [.. (await client.GetJsonAsync(address))["results"]!.AsArray().Select(item => item!["title"]!.GetValue<string>())];

    /// <summary>The answer is this refusal, as a problem; returns it.</summary>
    public static async Task<JsonNode> RefusedAsync(this Task<HttpResponseMessage> asking, int status, string code)
    {
        using var answer = await asking;
        var problem = await answer.ReadAsync();
        Assert.Equal((status, code), ((int)answer.StatusCode, problem["code"]!.GetValue<string>()));
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return problem;
    }

    /// <summary>400 <c>validation_error</c> that names exactly these fields.</summary>
    public static async Task InvalidAsync(this Task<HttpResponseMessage> asking, params string[] fields) =>
        Assert.Equal(fields, (await asking.RefusedAsync(400, "validation_error"))["errors"]!.AsObject().Select(error => error.Key));
}
