using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Settings;
using Maydon.Tests.Support;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Maydon.Tests.Platform;

public sealed class HealthTest(TestPostgres postgres) : IAsyncLifetime
{
    private readonly TestServer _server = new(postgres);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("/health/")]
    [InlineData("/health")]
    [InlineData("/api/health/")]
    public async Task A_server_that_is_up_says_so(string path)
    {
        await _server.StartAsync();
        using var answer = await _server.CreateClient().GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal($$"""{"status":"healthy","service":"maydon","version":"{{Release.Version}}"}""", await answer.Content.ReadAsStringAsync());
        using var head = await _server.CreateClient().SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
    }

    [Fact]
    public async Task Nobody_is_throttled_asking_how_it_is()
    {
        await _server.StartAsync(settings => settings with { Throttles = settings.Throttles with { AnonDefault = new Rate(1, TimeSpan.FromHours(1)) } });
        using var client = _server.CreateClient();
        for (var i = 0; i < 3; i++)
        {
            foreach (var path in (string[])["/health/", "/api/health/", "/health/detailed/"])
            {
                using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }
    }

    [Fact]
    public async Task In_detail_it_names_what_it_stands_on()
    {
        await _server.StartAsync();
        var (status, health) = await ReadAsync();
        Assert.Equal((HttpStatusCode.OK, "healthy", "maydon", Release.Version), (status, health.Text("status"), health.Text("service"), health.Text("version")));
        Assert.Equal(["database", "mail_queue", "scheduler", "disk"], health.GetProperty("checks").EnumerateObject().Select(check => check.Name));
        Assert.Equal("passed", health.Status("database"));
        Assert.Equal("passed", health.Status("mail_queue"));
        Assert.Equal("passed", health.Status("disk"));
        // The scheduler of a test server is off, which is not the same as well.
        Assert.Equal("unknown", health.Status("scheduler"));
    }

    [Fact]
    public async Task Mail_that_lies_for_more_than_ten_minutes_is_unhealthy_until_it_is_gone()
    {
        await _server.StartAsync();
        await _server.ExecuteAsync("insert into kernel.outbox (kind, subject, payload, due_at, priority) values ('identity.code', 'a', '{}', $1, 2), ('nobody-handles-this', 'a', '{}', '2020-01-01', 2)", _server.Clock.GetUtcNow().UtcDateTime);
        _server.Clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal("passed", (await ReadAsync()).Health.Status("mail_queue"));

        _server.Clock.Advance(TimeSpan.FromMinutes(2));
        var (status, health) = await ReadAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unhealthy", "failed"), (status, health.Text("status"), health.Status("mail_queue")));

        await _server.ExecuteAsync("update kernel.outbox set state = 'sent', done_at = now()");
        _server.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(HttpStatusCode.OK, (await ReadAsync()).Status);
    }

    [Fact]
    public async Task A_scheduler_that_runs_nothing_for_three_minutes_is_unhealthy()
    {
        // As in production, but with the scheduler stuck: it never starts.
        await _server.StartAsync(customise: builder =>
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(new BackgroundWork(IsOn: true)));
            foreach (var stuck in builder.Services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Name == "JobScheduler").ToList())
                builder.Services.Remove(stuck);
        });
        Assert.Equal("passed", (await ReadAsync()).Health.Status("scheduler"));
        _server.Clock.Advance(TimeSpan.FromMinutes(4));
        var (status, health) = await ReadAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "failed"), (status, health.Status("scheduler")));

        Assert.True(await _server.App.Services.GetRequiredService<JobRunner>().RunAsync("kernel.heartbeat", CancellationToken.None));
        _server.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("passed", (await ReadAsync()).Health.Status("scheduler"));
    }

    [Fact]
    public async Task A_database_that_is_gone_is_unhealthy_and_what_depends_on_it_unknown()
    {
        await _server.StartAsync();
        var name = await _server.ScalarAsync<string>("select current_database()::text");
        await using var elsewhere = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_server.Database.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        await elsewhere.OpenAsync();
        await ExecuteAsync($"alter database {name} allow_connections false");
        await ExecuteAsync($"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{name}'");
        var (status, health) = await ReadAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unhealthy", "failed", "unknown"), (status, health.Text("status"), health.Status("database"), health.Status("mail_queue")));

        // Still up: a proxy need not give the node up for it.
        using var alive = await _server.CreateClient().GetAsync(new Uri("/health/", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);

        await ExecuteAsync($"alter database {name} allow_connections true");
        _server.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(HttpStatusCode.OK, (await ReadAsync()).Status);

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, elsewhere);
            await command.ExecuteNonQueryAsync();
        }
    }

    private async Task<(HttpStatusCode Status, JsonElement Health)> ReadAsync()
    {
        using var answer = await _server.CreateClient().GetAsync(new Uri("/health/detailed/", UriKind.Relative));
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }
}

internal static class HealthJson
{
    public static string? Text(this JsonElement health, string field) => health.GetProperty(field).GetString();

    public static string? Status(this JsonElement health, string check) => health.GetProperty("checks").GetProperty(check).GetProperty("status").GetString();
}
