using System.Net;
using Maydon.Identity;
using Maydon.Identity.Accounts;
using Maydon.Kernel.Persistence;
using Maydon.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Tests.Kernel;

public sealed class LastResortTest(ProbeServer probe) : IClassFixture<ProbeServer>
{
    private readonly HttpClient _client = probe.CreateClient();

    [Theory]
    [InlineData("throws/deadlock")]
    [InlineData("throws/serialization")]
    [InlineData("throws/shutdown")]
    [InlineData("throws/away")]
    [InlineData("terminated")]
    [InlineData("unreachable")]
    public async Task What_passes_is_answered_with_when_to_come_again(string what)
    {
        using var response = await _client.GetAsync($"/api/probe/{what}/");
        await response.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task A_violated_constraint_is_told_by_its_translation()
    {
        foreach (var path in new[] { "/api/probe/rows/", "/api/probe/rows-by-ef/" })
        {
            using var first = await _client.PostAsync(path, Wire.Json($"{{\"name\":\"{path}\"}}"));
            Assert.True(first.IsSuccessStatusCode);
            await (await _client.PostAsync(path, Wire.Json($"{{\"name\":\"{path}\"}}"))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "invalid_email");
        }

        Assert.Equal(2L, await probe.Server.ScalarAsync<long>("select count(*) from probe where name like '/api%'"));
    }

    [Fact]
    public async Task A_violated_constraint_is_no_error_in_the_log()
    {
        await using var own = new ProbeServer(probe.Postgres);
        var log = new OverheardLog();
        await own.StartAsync(customise: builder => builder.Logging.AddProvider(log));
        await AddAsync();
        await Assert.ThrowsAsync<DbUpdateException>(AddAsync);
        Assert.Empty(log.Lines);

        async Task AddAsync()
        {
            await using var scope = own.Server.App.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<IdentityDb>();
            await using var transaction = await scope.ServiceProvider.GetRequiredService<DbSession>().BeginAsync(default);
            db.Users.Add(new User("twice@example.org", phone: null, username: null, own.Server.Clock.GetUtcNow()));
            await db.SaveChangesAsync();
            await transaction.CommitAsync(default);
        }
    }

    [Fact]
    public async Task A_violated_constraint_without_translation_is_a_conflict()
    {
        using var first = await _client.PostAsync("/api/probe/rows/", Wire.Json("{\"name\":\"x\",\"other\":\"same\"}"));
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        await (await _client.PostAsync("/api/probe/rows/", Wire.Json("{\"name\":\"y\",\"other\":\"same\"}"))).ShouldBeProblemAsync(HttpStatusCode.Conflict, "conflict");
        Assert.Equal(1L, await probe.Server.ScalarAsync<long>("select count(*) from probe where other = 'same'"));
    }

    [Fact]
    public async Task A_bug_is_500_and_tells_a_developer_what_happened()
    {
        var body = await (await _client.GetAsync("/api/probe/throws/bug/")).ShouldBeProblemAsync(HttpStatusCode.InternalServerError, "server_error");
        Assert.Contains("secret internals", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_who_has_gone_is_no_error()
    {
        await using var own = new ProbeServer(probe.Postgres);
        var log = new OverheardLog();
        await own.StartAsync(customise: builder => builder.Logging.AddProvider(log));
        using var patience = new CancellationTokenSource();
        var gate = own.Server.App.Services.GetRequiredService<ProbeGate>();
        var request = own.CreateClient().PostAsync("/api/probe/slow-rows/", Wire.Json("{\"name\":\"gone\"}"), patience.Token);
        await gate.Entered.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);

        // The next requests show that the server goes on, and what is an error.
        await (await own.CreateClient().GetAsync("/api/probe/throws/deadlock/")).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
        await (await own.CreateClient().GetAsync("/api/probe/throws/bug/")).ShouldBeProblemAsync(HttpStatusCode.InternalServerError, "server_error");
        Assert.Equal(0L, await own.Server.ScalarAsync<long>("select count(*) from probe"));
        Assert.Collection(
            log.Lines,
            line => Assert.Equal("Warning: GET /api/probe/throws/deadlock/ could not be served: 40P01: deadlock detected", line),
            line => Assert.Equal("Error: GET /api/probe/throws/bug/ failed", line));
    }
}
