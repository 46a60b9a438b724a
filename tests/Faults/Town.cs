using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Maydon.Identity.Tokens;
using Maydon.Kernel.Settings;
using Maydon.Tests.Support;
using Npgsql;

namespace Maydon.Faults;

internal sealed record Person(long Id, string Token);

internal sealed record Place(long Id, int? Capacity);

/// <summary>The people, the events and the servers that a campaign is about, and a look into the database from outside.</summary>
internal sealed class Town(NpgsqlDataSource database, IReadOnlyList<ServerProcess> nodes) : IDisposable
{
    /// <summary>Signs the tokens that the people carry: the servers are started with it.</summary>
    public const string SecretKey = "only for the faults: nYt3-qWz8-Lk2v-Rb6x-Hs9d-Pm4c-Xj7f";

    private volatile TaskCompletionSource? _trouble;

    public NpgsqlDataSource Database => database;
    public IReadOnlyList<ServerProcess> Nodes => nodes;
    public IReadOnlyList<Person> People { get; private set; } = [];
    public IReadOnlyList<Place> Events { get; private set; } = [];

    /// <summary>Where everybody wants to go.</summary>
    public Place HotEvent => Events[0];

    public HttpClient Http { get; } = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), PooledConnectionLifetime = TimeSpan.FromMinutes(1) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>People straight into the database; events through HTTP, so that they have whatever belongs to an event.</summary>
    public async Task SettleAsync(int people, IReadOnlyList<int?> capacities)
    {
        var tokens = new AccessTokens(new DerivedKeys(Settings), Settings, new AnHourAgo());
        People = [.. (await InsertPeopleAsync(people, ["Seeker"])).Select(id => new Person(id, Token(tokens, id, "Seeker")))];
        var organiser = (await InsertPeopleAsync(1, ["Facilitator"]))[0];
        var events = new List<Place>();
        foreach (var capacity in capacities)
            events.Add(new Place(await CreateEventAsync(Token(tokens, organiser, "Facilitator"), events.Count, capacity), capacity));
        Events = events;
    }

    /// <summary>From now on requests may go without an answer; they are judged after <see cref="EndTrouble"/>.</summary>
    public void BeginTrouble() => _trouble = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void EndTrouble()
    {
        _trouble?.TrySetResult();
        _trouble = null;
    }

    public Task WhenQuietAsync() => _trouble?.Task ?? Task.CompletedTask;

    /// <summary>What is stored for one person at one event, read past the server.</summary>
    public async Task<SeatState?> ReadStateAsync(Seat seat)
    {
        await using var command = database.CreateCommand("select status from events.registrations where event_id = $1 and user_id = $2");
        command.Parameters.Add(new() { Value = seat.EventId });
        command.Parameters.Add(new() { Value = seat.UserId });
        return await command.ExecuteScalarAsync() switch
        {
            null => SeatState.None,
            "registered" => SeatState.Registered,
            "cancelled" => SeatState.Cancelled,
            var other => throw new InvalidOperationException($"{seat} has the status {other}."),
        };
    }

    public async Task<long> ScalarAsync(string sql, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task<List<long>> ReadIdsAsync(string sql, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<long>();
        while (await reader.ReadAsync())
            ids.Add(reader.GetInt64(0));
        return ids;
    }

    public void Dispose() => Http.Dispose();

    private static MaydonSettings Settings => new() { SecretKey = SecretKey, DataDir = "/", AccessTokenLifetime = TimeSpan.FromDays(1) };

    private static string Token(AccessTokens tokens, long userId, string role) => tokens.Issue(new TokenSubject(userId, [role], "en"), AccessTokens.NewId());

    private Task<List<long>> InsertPeopleAsync(int count, string[] roles) => ReadIdsAsync(
        """
        insert into identity.users (email, full_name, roles, email_verified, language, date_joined)
        select lower($2[1]) || n || '@example.org', 'Person ' || n, $2, true, 'en', now() from generate_series(1, $1) n returning id
        """,
        count, roles);

    private async Task<long> CreateEventAsync(string token, int number, int? capacity)
    {
        var start = TimeProvider.System.GetUtcNow().AddDays(30 + number);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(nodes[0].Address, "/api/events/"))
        {
            Content = JsonContent.Create(new
            {
                title = $"Event {number}", description = "For the faults.", event_type = "OFFLINE", location = "The square", language = "en",
                starts_at = start, ends_at = start.AddHours(2), capacity,
            }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await Http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonDocument.Parse(body).RootElement.GetProperty("id").GetInt64()
            : throw new InvalidOperationException($"An event could not be made: {(int)response.StatusCode} {body}");
    }
}

/// <summary>Tokens must be good at servers whose clock is behind.</summary>
internal sealed class AnHourAgo : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddHours(-1);
}
