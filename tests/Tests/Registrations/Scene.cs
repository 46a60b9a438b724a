using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Maydon.Inventory;
using Maydon.Kernel.Operations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Registrations;

/// <summary>An answer as the tests compare it: the status, and the body's <c>code</c> or <c>status</c>.</summary>
internal sealed record Answer(HttpStatusCode Status, string? Word, JsonElement Body)
{
    public override string ToString() => $"{(int)Status} {Word}";
}

/// <summary>What registration tests need around them.</summary>
internal static class Scene
{
    /// <summary>An event that starts tomorrow, written directly.</summary>
    public static async Task<long> AddEventAsync(this TestServer server, int? capacity, TimeSpan? startsIn = null, string? joinUrl = null)
    {
        var owner = await server.CreateUserAsync("Facilitator");
        var start = server.Clock.GetUtcNow().UtcDateTime + (startsIn ?? TimeSpan.FromDays(1));
        var id = await server.ScalarAsync<long>(
            """
            insert into events.events (title, description, event_type, location, join_url, language, starts_at, ends_at, created_by, created_at, updated_at)
            values ('Test event', '', case when $3 = '' then 'OFFLINE' else 'ONLINE' end, case when $3 = '' then 'Tashkent' end, nullif($3, ''),
                'uz', $1, $1 + interval '2 hours', $2, now(), now()) returning id
            """,
            start, owner.Id, joinUrl ?? "");
        await using var connection = await server.Database.OpenConnectionAsync();
        await Pools.CreateAsync(connection, new PoolKey("event", id), capacity, CancellationToken.None);
        return id;
    }

    /// <summary>So many people, each signed in.</summary>
    public static async Task<List<HttpClient>> AddPeopleAsync(this TestServer server, int count, params string[] roles)
    {
        var people = new List<HttpClient>(count);
        for (var i = 0; i < count; i++)
            people.Add(await server.SignInAsync(roles));
        return people;
    }

    public static async Task<Answer> ReadAnswerAsync(this HttpResponseMessage response)
    {
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        var word = body.TryGetProperty("code", out var code) ? code : body.TryGetProperty("status", out var status) ? status : default;
        return new Answer(response.StatusCode, word.ValueKind == JsonValueKind.String ? word.GetString() : null, body);
    }

    public static async Task<Answer> PostAnswerAsync(this HttpClient client, string path, object? body = null)
    {
        using var response = await client.PostAsync(path, body is null ? null : JsonContent.Create(body));
        return await response.ReadAnswerAsync();
    }

    public static Task<Answer> RegisterAsync(this HttpClient client, long eventId) => client.PostAnswerAsync($"/api/events/{eventId}/register/");

    public static Task<Answer> CancelAsync(this HttpClient client, long eventId) => client.PostAnswerAsync($"/api/events/{eventId}/cancel/");

    /// <summary>How often each answer was given, for example <c>201 registered</c> → 3.</summary>
    public static Dictionary<string, int> Tally(this IEnumerable<Answer> answers) => answers.CountBy(answer => answer.ToString()).ToDictionary();

    public static Task<int> TakenAsync(this TestServer server, long eventId) =>
        server.ScalarAsync<int>("select taken from inventory.pools where kind = 'event' and subject_id = $1", eventId);

    public static Task<long> CountAsync(this TestServer server, long eventId, string status) =>
        server.ScalarAsync<long>("select count(*) from events.registrations where event_id = $1 and status = $2", eventId, status);

    public static Task<long> CountMailsAsync(this TestServer server, long eventId, string kind) => server.ScalarAsync<long>(
        "select count(*) from kernel.outbox o join events.registrations r on r.id = (o.payload->>'registration_id')::bigint where r.event_id = $1 and o.kind = $2",
        eventId, kind);

    /// <summary>What <c>verify</c> says: no drift in anything.</summary>
    public static async Task VerifyAsync(this TestServer server) => Assert.Empty(await server.FindDriftsAsync());

    public static async Task<List<string>> FindDriftsAsync(this TestServer server)
    {
        await using var scope = server.App.Services.CreateAsyncScope();
        var drifts = new List<string>();
        foreach (var invariant in scope.ServiceProvider.GetServices<IInvariantCheck>())
            drifts.AddRange((await invariant.RunAsync(CancellationToken.None)).Drifts.Select(drift => $"{invariant.Name}: {drift}"));
        return drifts;
    }
}
