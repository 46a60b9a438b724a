using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Catalog.Webhooks.Sending;
using Maydon.Kernel.Operations;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Maydon.Tests.Catalog.Webhooks;

/// <summary>A subscription and what its deliveries are signed with.</summary>
public sealed record Subscription(long Id, string Secret, string Path)
{
    public string At(string suffix = "") => $"/api/v1/webhooks/{Id}/{suffix}";
}

/// <summary>A server with a receiver beside it. Its patience is short, and two names lead where a name should not.</summary>
public sealed class WebhookServer(TestPostgres postgres) : IAsyncLifetime
{
    public const string Rebound = "rebound.example";
    public const string Foreign = "foreign.example";

    /// <summary>Leads to this machine when it is asked for first, and afterwards to where nothing may go.</summary>
    public const string Turning = "turning.example";

    private static int s_turns;

    private TestAccount? _keeper;
    private int _number;

    public TestServer Server { get; } = new(postgres);

    /// <summary>The second node.</summary>
    public TestServer Other { get; } = new(postgres);

    public WebhookReceiver Receiver { get; private set; } = null!;

    /// <summary>Whoever may do everything, signed in now: time is moved further than any token lasts.</summary>
    public HttpClient Keeper => Server.SignIn(_keeper!);

    public async ValueTask InitializeAsync()
    {
        Receiver = await WebhookReceiver.StartAsync();
        await Server.StartAsync(customise: Customise);
        await Other.StartAsync(customise: Customise, sibling: Server);
        _keeper = await Server.CreateUserAsync("staff", "superuser");
    }

    public async ValueTask DisposeAsync()
    {
        await Other.DisposeAsync();
        await Server.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    public static int TakeTurns() => Interlocked.Exchange(ref s_turns, 0);

    public static void Customise(WebApplicationBuilder builder) =>
        builder.Services.Replace(ServiceDescriptor.Singleton(new WebhookSender(TimeSpan.FromSeconds(2), (host, token) => host switch
        {
            Rebound => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.Parse("169.254.169.254")]),
            Turning => Task.FromResult<IPAddress[]>([Interlocked.Increment(ref s_turns) == 1 ? IPAddress.Loopback : IPAddress.Parse("169.254.169.254")]),
            Foreign => Task.FromResult<IPAddress[]>([IPAddress.Parse("203.0.113.7")]),
            _ => Dns.GetHostAddressesAsync(host, token),
        })));

    /// <summary>Alone: those of other tests go, and the receiver takes everything again.</summary>
    public async Task<Subscription> BeginAsync(string list = "project", string? url = null)
    {
        await Server.ExecuteAsync("delete from catalog.webhooks");
        Receiver.Answer = (_, _) => Task.CompletedTask;
        Receiver.Deliveries.Clear();
        return await SubscribeAsync(list, url);
    }

    public async Task<Subscription> SubscribeAsync(string list = "project", string? url = null)
    {
        var path = $"/hook{Interlocked.Increment(ref _number)}";
        using var answer = await Keeper.PostAsJsonAsync("/api/v1/webhooks/", new { list, url = url ?? new Uri(Receiver.Address, path).ToString() });
        var made = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.True((int)answer.StatusCode == 201, made.ToJsonString());
        return new Subscription((long)made["webhook"]!["id"]!, (string)made["secret"]!, path);
    }

    public Task DrainAsync(TestServer? node = null) => (node ?? Server).App.Services.GetRequiredService<WebhookWorker>().DrainAsync(TestContext.Current.CancellationToken);

    /// <summary>New records, as one statement writes them.</summary>
    public Task AddAsync(string table, int count, string name = "Thing") => Server.ExecuteAsync(
        $"insert into catalog.{table} (code, name, created_at, updated_at) select 'H' || gen_random_uuid(), $2, now(), now() from generate_series(1, $1)", count, name);

    /// <summary>Of one delivery or the latest: <c>state|attempts|status</c>.</summary>
    public async Task<string?> StateAsync(Subscription subscription, long? delivery = null) => await Server.ScalarAsync<string>(
        "select concat_ws('|', state, attempts, status) from catalog.webhook_deliveries where webhook_id = $1 and ($2 = 0 or id = $2) order by id desc limit 1",
        subscription.Id, delivery ?? 0);

    public async Task<CheckResult> CheckAsync()
    {
        await using var scope = Server.App.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetServices<ICheck>().Single(check => check.Code == "catalog.webhooks").RunAsync(CancellationToken.None);
    }
}
