using System.Net;
using Maydon.Identity.Passwords;
using Maydon.Tests.Support;
using Npgsql;

namespace Maydon.Tests.Nodes;

/// <summary>
/// Two servers as in production (HTTPS, no <c>DEBUG</c>), each a process of its own, on one PostgreSQL and one Redis behind nginx; and an office
/// in this process, on the same database, in which the tests prepare and look at what is stored.
/// </summary>
public sealed class TwoNodes(TestPostgres postgres, RedisServer redis) : IAsyncLifetime
{
    public const string Password = "paxta-dala-42";

    private readonly string _directory = Directory.CreateTempSubdirectory("maydon-nodes-").FullName;
    private readonly List<ServerProcess> _nodes = [];
    private NginxServer? _nginx;
    private string? _hash;

    public TestServer Office { get; } = new(postgres);
    internal NginxServer Nginx => _nginx!;
    internal IReadOnlyList<ServerProcess> Nodes => _nodes;

    public async ValueTask InitializeAsync()
    {
        var address = await redis.AddressAsync();
        await Office.StartAsync(settings => settings with { RedisUrl = address });
        var database = new NpgsqlConnectionStringBuilder(Office.Database.ConnectionString);
        var settings = new Dictionary<string, string>
        {
            ["SECRET_KEY"] = TestServer.Settings(_directory).SecretKey,
            ["DATABASE_URL"] = $"postgresql://{database.Username}@/{database.Database}?host={Uri.EscapeDataString(database.Host!)}&port={database.Port}",
            ["REDIS_URL"] = address.ToString(),
            ["DATA_DIR"] = Path.Combine(_directory, "data"),
            ["THROTTLE_ANON"] = "10/hour",
            ["THROTTLE_ANON_DEFAULT"] = "off",
            ["THROTTLE_USER_DEFAULT"] = "off",
            ["THROTTLE_ORDERS"] = "off",
            ["THROTTLE_GUESTS"] = "off",
            ["THROTTLE_GUEST_KEYS"] = "off",
            ["ORDER_UNPAID_MAX"] = "0",
        };
        for (var n = 0; n < 2; n++)
            _nodes.Add(new ServerProcess($"node{n + 1}", _directory, settings));
        _nginx = new NginxServer(_directory, [.. _nodes.Select(node => node.Port)]);
        settings["PUBLIC_URL"] = _nginx.Address.ToString();
        await Task.WhenAll(_nodes.Select(node => node.StartAsync()));
        await _nginx.StartAsync();
    }

    /// <summary>Comes through nginx, as a browser: with cookies of its own.</summary>
    public HttpClient Visit(TestAccount? account = null)
    {
        var handler = new SocketsHttpHandler { CookieContainer = new CookieContainer() };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=localhost";
        var client = new HttpClient(handler) { BaseAddress = _nginx!.Address, Timeout = TimeSpan.FromSeconds(60) };
        if (account is not null)
            client.DefaultRequestHeaders.Authorization = new("Bearer", Office.MintAccessToken(account));
        return client;
    }

    /// <summary>Comes to one node, as nginx does.</summary>
    public HttpClient Go(int node, TestAccount? account = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = _nodes[node].Address };
        client.DefaultRequestHeaders.Host = $"localhost:{_nginx!.Port}";
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        if (account is not null)
            client.DefaultRequestHeaders.Authorization = new("Bearer", Office.MintAccessToken(account));
        return client;
    }

    /// <summary>Somebody with <see cref="Password"/>.</summary>
    public async Task<TestAccount> CreatePersonAsync()
    {
        var account = await Office.CreateUserAsync();
        _hash ??= await Office.App.Services.GetRequiredService<PasswordHashing>().HashAsync(Password, CancellationToken.None);
        await Office.ExecuteAsync("update identity.users set password_hash = $1 where id = $2", _hash!, account.Id);
        return account;
    }

    public async ValueTask DisposeAsync()
    {
        if (_nginx is not null)
            await _nginx.DisposeAsync();
        foreach (var node in _nodes)
            await node.DisposeAsync();
        await Office.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
