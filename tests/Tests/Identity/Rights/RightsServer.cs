using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Maydon.Kernel.Http;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Tests.Identity.Rights;

/// <summary>Two nodes with a list of things, each verb of which asks for its permission, and what tests of groups and keys do again and again.</summary>
public sealed class RightsServer(TestPostgres postgres) : IAsyncLifetime
{
    public const string Things = "/test/things/";

    /// <summary>All that is known beside what the modules bring.</summary>
    public static readonly IReadOnlyList<string> AllOfThings = ["shed.add_thing", "shed.change_thing", "shed.delete_thing", "shed.view_thing"];

    public IdentityServer Identity { get; } = new(postgres);
    public TestServer Server => Identity.Server;

    /// <summary>The second node.</summary>
    public TestServer Other { get; } = new(postgres);
    public KeptLogs Logs { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Identity.StartAsync(customise: Customise, map: Map);
        await Other.StartAsync(customise: Customise, map: Map, sibling: Server);
    }

    public async ValueTask DisposeAsync()
    {
        await Other.DisposeAsync();
        await Identity.DisposeAsync();
    }

    public Task<HttpClient> SuperuserAsync() => Server.SignInAsync("superuser");

    public static string NewName() => $"g{RandomNumberGenerator.GetHexString(8, lowercase: true)}";

    /// <summary>A new group, by its name; made as a superuser does.</summary>
    public async Task<(long Id, string Name)> AddGroupAsync(params string[] permissions)
    {
        using var superuser = await SuperuserAsync();
        var name = NewName();
        using var made = await superuser.PostAsync("/api/admin/groups/", new { name, permissions });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        return ((await made.ReadAsync()).GetProperty("id").GetInt64(), name);
    }

    /// <summary>Somebody with a password in these groups.</summary>
    public async Task<TestAccount> AddMemberAsync(params string[] groups)
    {
        var person = await Identity.CreatePersonAsync();
        await SetGroupsAsync(person.Id, groups);
        return person;
    }

    public async Task SetGroupsAsync(long userId, params string[] groups)
    {
        using var superuser = await SuperuserAsync();
        using var set = await superuser.PatchAsync($"/api/admin/users/{userId}/", new { groups });
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
    }

    public async Task<(long Id, string Key)> AddKeyAsync(long userId, string[]? scopes = null, DateTimeOffset? expiresAt = null)
    {
        using var superuser = await SuperuserAsync();
        using var made = await superuser.PostAsync("/api/admin/api-keys/", new { user_id = userId, name = NewName(), scopes, expires_at = expiresAt });
        var body = await made.ReadAsync();
        Assert.True(made.StatusCode == HttpStatusCode.Created, $"{made.StatusCode} {body}");
        return (body.GetProperty("api_key").GetProperty("id").GetInt64(), body.Text("key"));
    }

    public HttpClient WithKey(string key, TestServer? node = null)
    {
        var client = (node ?? Server).CreateClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Api-Key {key}");
        return client;
    }

    public HttpClient Bearing(string access, TestServer? node = null)
    {
        var client = (node ?? Server).CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", access);
        return client;
    }

    /// <summary>The verbs that are open to the client, as letters: v, a, c, d.</summary>
    public static async Task<string> VerbsAsync(HttpClient client)
    {
        var open = "";
        foreach (var (verb, method) in new[] { ('v', HttpMethod.Get), ('a', HttpMethod.Post), ('c', HttpMethod.Patch), ('d', HttpMethod.Delete) })
        {
            using var request = new HttpRequestMessage(method, Things);
            using var answer = await client.SendAsync(request);
            if (answer.StatusCode == HttpStatusCode.OK)
                open += verb;
            else
                await answer.ShouldBeProblemAsync(HttpStatusCode.Forbidden, "permission_denied");
        }

        return open;
    }

    /// <summary>The other node learns by a signal: well before it would read by itself.</summary>
    public static async Task WillBeRefusedAsync(HttpClient client)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            using var answer = await client.GetAsync(Things);
            if (answer.StatusCode == HttpStatusCode.Unauthorized)
            {
                await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "token_not_valid");
                return;
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5), "The other node was not told.");
            await Task.Delay(10);
        }
    }

    private void Customise(WebApplicationBuilder builder)
    {
        builder.Services.AddPermissions("shed", "thing");
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs);
    }

    private static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Things, Describe).RequirePermission("shed.view_thing");
        routes.MapPost(Things, Describe).RequirePermission("shed.add_thing");
        routes.MapPatch(Things, Describe).RequirePermission("shed.change_thing");
        routes.MapDelete(Things, Describe).RequirePermission("shed.delete_thing");
        var open = routes.MapGroup("/test/open").AllowAnonymous();
        open.MapGet("/", Describe);
        open.MapPost("/", Describe);
    }

    private static SeenCaller Describe(CurrentUser user) => new(user.IdOrNull, user.IsSignedIn, user.IsSuperuser, user.May("shed.view_thing"));
}

/// <summary>The caller as an endpoint sees them.</summary>
public sealed record SeenCaller(long? Id, bool IsSignedIn, bool IsSuperuser, bool MayView);

/// <summary>Everything that is logged, at every level.</summary>
public sealed class KeptLogs : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public string Text => string.Join('\n', _lines);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull
    {
        _lines.Enqueue($"{state}");
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{formatter(state, exception)} {exception}");

    public void Dispose()
    {
    }
}
