using Maydon.Inventory.Claims;
using Maydon.Kernel;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Maydon.Tests.Support;

/// <summary>
/// One server over a database of its own, spoken to through HTTP. Use it as a class fixture, or make one with other settings by
/// <see cref="StartAsync"/>. Scheduled work does not run by itself: tests move <see cref="Clock"/> and call the job.
/// </summary>
public sealed class TestServer(TestPostgres postgres) : IAsyncLifetime
{
    private WebApplication? _app;
    private NpgsqlDataSource? _database;
    private string? _directory;
    private string? _connectionString;
    private TestServer? _sibling;

    public TestClock Clock { get; private set; } = new();
    public WebApplication App => _app ?? throw new InvalidOperationException("The server has not been started.");
    public NpgsqlDataSource Database => _database!;
    public string DataDir => _directory!;

    public ValueTask InitializeAsync() => new(StartAsync());

    /// <summary>Starts with changed settings, services or operations of the test's own; the fixture itself starts with the defaults.</summary>
    /// <param name="background">Lets the outbox worker and the scheduler run by themselves, as in production.</param>
    /// <param name="sibling">Another running node, whose database, Redis, data directory and clock this one shares; it must live longer.</param>
    public async Task StartAsync(
        Func<MaydonSettings, MaydonSettings>? change = null, Action<WebApplicationBuilder>? customise = null, Action<IEndpointRouteBuilder>? map = null, bool background = false,
        TestServer? sibling = null)
    {
        _sibling = sibling;
        _directory = sibling?.DataDir ?? Directory.CreateTempSubdirectory("maydon-data-").FullName;
        _database = NpgsqlDataSource.Create(sibling?._connectionString ?? (_connectionString = await postgres.CloneAsync()));
        Clock = sibling?.Clock ?? Clock;
        var settings = Settings(_directory) with { RedisUrl = sibling?.App.Services.GetRequiredService<MaydonSettings>().RedisUrl };
        _app = MaydonServer.Build(change?.Invoke(settings) ?? settings, _database, builder =>
        {
            builder.WebHost.UseTestServer();
            builder.Logging.ClearProviders();
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
            // A machine that runs every test at once is no reason to turn somebody away.
            builder.Services.Replace(ServiceDescriptor.Singleton(new ClaimQueueOptions { LockPatience = TimeSpan.FromSeconds(5) }));
            builder.Services.Replace(ServiceDescriptor.Singleton(new BackgroundWork(background)));
            customise?.Invoke(builder);
        });
        map?.Invoke(_app.MapProgram());
        await _app.StartAsync();
    }

    public static MaydonSettings Settings(string directory) => new()
    {
        SecretKey = "a test key that is long enough to be a real one: 0123456789",
        Debug = true,
        DataDir = directory,
        // A test class is one address, and its orders go to one mailbox: limits are tested where they are the subject.
        Shop = new ShopSettings { MostUnpaidOrders = null },
        Throttles = new ThrottleSettings { Anon = null, AnonDefault = null, User = null, UserDefault = null, Codes = null, Events = null, Reviews = null, Orders = null, Guests = null, GuestKeys = null },
    };

    public HttpClient CreateClient()
    {
        var client = App.GetTestClient();
        client.BaseAddress = new Uri("http://localhost:8000");
        return client;
    }

    public async Task<T?> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync() is T result ? result : default;
    }

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        if (_database is not null)
            await _database.DisposeAsync();
        if (_directory is not null && _sibling is null)
            Directory.Delete(_directory, recursive: true);
    }
}
