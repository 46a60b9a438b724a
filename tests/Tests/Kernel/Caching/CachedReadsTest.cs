using System.Net;
using Maydon.Kernel.Caching;
using Maydon.Kernel.Redis;
using Maydon.Kernel.Signals;
using Maydon.Tests.Catalog;
using Maydon.Tests.Events;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Maydon.Tests.Kernel.Caching;

/// <summary>What is answered from memory: to whom, for how long, and that it is the answer to what was asked.</summary>
public sealed class CachedReadsTest(CachedReadsServer cached) : IClassFixture<CachedReadsServer>
{
    private const string Waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

    private readonly TestServer _server = cached.Server;

    [Fact]
    public async Task A_code_that_looks_like_a_query_is_told_from_the_list_whichever_is_asked_for_first()
    {
        const string List = "/api/v1/project/?page_size=100";
        const string One = "/api/v1/project/%3Fpage_size=100";
        using var keeper = await _server.SignInKeeperAsync();
        using var stranger = _server.CreateClient();
        await keeper.AddRecordAsync("project", "?page_size=100");
        foreach (var reader in new[] { stranger, keeper })
        {
            foreach (var addresses in new[] { (string[])[List, One], [One, List] })
            {
                // What was kept is stale with it.
                await keeper.AddRecordAsync("project", RecordScene.NewCode());
                foreach (var address in addresses)
                {
                    var answer = await reader.ReadRecordAsync(address);
                    Assert.Equal(address == List ? (true, null) : (false, "?page_size=100"), (answer["results"] is not null, (string?)answer["code_1c"]));
                }
            }
        }
    }

    [Fact]
    public async Task Links_lead_back_to_the_address_that_was_asked_for()
    {
        using var keeper = await _server.SignInKeeperAsync();
        using var stranger = _server.CreateClient();
        for (var n = 0; n < 2; n++)
            await keeper.AddRecordAsync("project", RecordScene.NewCode());
        // Twice: as they are read, and as they are kept.
        for (var n = 0; n < 2; n++)
        {
            foreach (var origin in new[] { "http://localhost:8000", "http://127.0.0.1:8000", "https://localhost:8000" })
                Assert.StartsWith($"{origin}/api/v1/project/", (string?)(await stranger.ReadRecordAsync($"{origin}/api/v1/project/?page_size=1"))["next"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_gone_is_gone_as_soon_as_somebody_looks_though_no_signal_came()
    {
        using var organiser = await _server.SignInAsync("Facilitator");
        using var reader = _server.CreateClient();
        var address = $"/api/events/{await organiser.AnnounceAsync(_server.Terms())}/";
        Assert.Equal(HttpStatusCode.OK, await StatusAsync());
        await _server.ExecuteAsync("update events.events set deleted_at = created_at");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync());

        _server.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), await TogetherAsync(waitForSecond: true));
        // Nor is it shown while somebody looks once more.
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), await TogetherAsync(waitForSecond: false));

        async Task<HttpStatusCode> StatusAsync() => (await reader.GetAsync(address)).StatusCode;

        async Task<(HttpStatusCode First, HttpStatusCode Second)> TogetherAsync(bool waitForSecond)
        {
            Task<HttpStatusCode> first, second;
            await using (var connection = await _server.Database.OpenConnectionAsync())
            await using (await connection.BeginTransactionAsync())
            {
                await using (var command = new NpgsqlCommand("lock table events.events", connection))
                    await command.ExecuteNonQueryAsync();
                first = StatusAsync();
                await _server.EventuallyAsync(Waiting, 1);
                second = StatusAsync();
                if (waitForSecond)
                    await second.WaitAsync(TimeSpan.FromSeconds(20));
            }

            return (await first, await second);
        }
    }

    [Fact]
    public async Task What_somebody_is_told_who_is_signed_in_is_kept_by_nobody_between()
    {
        using var stranger = _server.CreateClient();
        using var seeker = await _server.SignInAsync("Seeker");
        // Twice: as it is read, and as it is kept.
        for (var i = 0; i < 2; i++)
        {
            foreach (var (client, address, expected) in new[]
            {
                (stranger, "/api/events/", "no-cache"), (seeker, "/api/events/", "no-cache, private"),
                (stranger, "/test/confidential/", "no-store, private"), (seeker, "/test/confidential/", "no-store, private"),
            })
            {
                using var answer = await client.GetAsync(address);
                Assert.Equal((HttpStatusCode.OK, expected, true), (answer.StatusCode, answer.Headers.CacheControl?.ToString(), answer.Headers.ETag is not null));
            }
        }
    }
}

/// <summary>A server with one more operation, whose answer is confidential.</summary>
public sealed class CachedReadsServer(TestPostgres postgres) : IAsyncLifetime
{
    public TestServer Server { get; } = new(postgres);

    public ValueTask InitializeAsync() => new(Server.StartAsync(customise: Customise, map: Map));

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static void Customise(WebApplicationBuilder builder) => builder.Services.AddSingleton<ConfidentialStamps>().AddSingleton<ConfidentialAnswers>();

    private static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/test/confidential/", Answer).AllowAnonymous();

    private static async Task<IResult> Answer(HttpContext context, CancellationToken cancellationToken) =>
        (await context.RequestServices.GetRequiredService<ConfidentialAnswers>().GetAsync<string>(
            context, _ => Task.FromResult<Fresh<string>?>(new("a telephone", 0, DateTimeOffset.MaxValue) { IsConfidential = true }), cancellationToken))!;
}

internal sealed class ConfidentialStamps(ClusterSignals signals, ChangeLog log) : ReadStamps(signals, log, "test.confidential");

internal sealed class ConfidentialAnswers(ConfidentialStamps stamps, TimeProvider clock, IOptions<JsonOptions> json) : CachedReads(stamps, clock, json);
