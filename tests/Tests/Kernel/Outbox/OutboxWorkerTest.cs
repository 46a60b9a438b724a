using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Persistence;
using Maydon.Tests.Support;

namespace Maydon.Tests.Kernel.Outbox;

/// <summary>What the handler of these tests was asked to do, by all nodes of one test, and how it shall answer.</summary>
public sealed class HandlerScript
{
    public ConcurrentQueue<OutboxDelivery> Calls { get; } = new();
    public Func<OutboxDelivery, Task<OutboxOutcome>> Answer { get; set; } = _ => Task.FromResult(OutboxOutcome.Sent);

    public IEnumerable<string> Subjects => Calls.Select(call => call.Subject);
}

internal sealed class ScriptedHandler(HandlerScript script) : IOutboxHandler
{
    public Task<OutboxOutcome> HandleAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
    {
        script.Calls.Enqueue(delivery);
        return script.Answer(delivery);
    }
}

public sealed class OutboxWorkerTest(TestPostgres postgres) : IAsyncLifetime
{
    private readonly TestServer _server = new(postgres);
    private readonly HandlerScript _script = new();

    public async ValueTask InitializeAsync() => await StartAsync(_server);

    [Fact]
    public async Task What_is_due_is_handled_once_and_its_payload_forgotten()
    {
        await AddAsync("a");
        await AddAsync("later", dueIn: TimeSpan.FromMinutes(1));

        Assert.Equal(1, await DrainAsync());
        Assert.Equal(0, await DrainAsync());
        Assert.Equal("a", Assert.Single(_script.Calls).Subject);
        Assert.Equal("""{"said": "secret"}""", _script.Calls.Single().PayloadJson);
        Assert.Equal("sent|1|{}||", await RowAsync("a"));
        Assert.NotNull(await _server.ScalarAsync<DateTime?>("select done_at from kernel.outbox where subject = 'a'"));

        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await DrainAsync());
    }

    [Fact]
    public async Task The_same_kind_and_subject_is_queued_once()
    {
        await AddAsync("a");
        await AddAsync("a");
        Assert.Equal(1, await DrainAsync());
        await AddAsync("a");
        Assert.Equal(0, await DrainAsync());
    }

    [Fact]
    public async Task A_message_no_longer_needed_is_marked_as_skipped_with_the_reason()
    {
        _script.Answer = _ => Task.FromResult(OutboxOutcome.Skipped("cancelled meanwhile"));
        await AddAsync("a");
        await DrainAsync();
        Assert.Equal("skipped|1|{}||cancelled meanwhile", await RowAsync("a"));
    }

    [Fact]
    public async Task A_failure_waits_longer_each_time_and_dies_in_the_end()
    {
        _script.Answer = _ => throw new TimeoutException("the server is slow");
        await AddAsync("a");
        var waits = new List<double>();
        for (var attempt = 1; attempt < OutboxBackOff.MaxAttempts; attempt++)
        {
            Assert.Equal(1, await DrainAsync());
            Assert.Equal("pending", await _server.ScalarAsync<string>("select state from kernel.outbox"));
            var wait = TimeSpan.FromSeconds(await _server.ScalarAsync<double>("select extract(epoch from locked_until - $1)::float8 from kernel.outbox", _server.Clock.Now().UtcDateTime));
            waits.Add(wait.TotalSeconds);
            Assert.Equal(0, await DrainAsync());
            _server.Clock.Advance(wait + TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1, await DrainAsync());
        Assert.Equal($"dead|{OutboxBackOff.MaxAttempts}|{{\"said\": \"secret\"}}||TimeoutException: the server is slow", await RowAsync("a"));
        Assert.InRange(waits[0], 11, 19);
        Assert.InRange(waits[3], 90, 150);
        Assert.InRange(waits[^1], 2870, 4330);
        Assert.Equal(Enumerable.Range(1, OutboxBackOff.MaxAttempts), _script.Calls.Select(call => call.Attempt));
        Assert.Single(_script.Calls.Select(call => call.Key).Distinct());

        _server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await DrainAsync());
    }

    [Fact]
    public async Task A_permanent_failure_dies_sooner()
    {
        _script.Answer = _ => throw new PermanentDeliveryException("no such mailbox");
        await AddAsync("a");
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await DrainAsync();
            _server.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(OutboxBackOff.MaxAttemptsIfPermanent, _script.Calls.Count);
        Assert.Equal("dead", await _server.ScalarAsync<string>("select state from kernel.outbox"));
    }

    [Fact]
    public async Task The_dead_are_listed_and_can_be_retried()
    {
        _script.Answer = _ => throw new PermanentDeliveryException("no such mailbox");
        await AddAsync("a");
        await AddAsync("b");
        for (var attempt = 0; attempt < OutboxBackOff.MaxAttemptsIfPermanent; attempt++)
        {
            await DrainAsync();
            _server.Clock.Advance(TimeSpan.FromHours(1));
        }

        await using var scope = _server.App.Services.CreateAsyncScope();
        var dead = scope.ServiceProvider.GetRequiredService<DeadMessages>();
        var listed = await dead.ListAsync(10, default);
        Assert.Equal(["b", "a"], listed.Select(message => message.Subject));
        Assert.All(listed, message => Assert.Equal("PermanentDeliveryException: no such mailbox", message.LastError));
        Assert.Equal(["b"], (await dead.ListAsync(1, default)).Select(message => message.Subject));
        Assert.Equal(2, await dead.CountAsync(default));

        _script.Answer = _ => Task.FromResult(OutboxOutcome.Sent);
        Assert.Equal(2, await dead.RetryAsync(default));
        Assert.Equal(0, await dead.CountAsync(default));
        Assert.Equal(2, await DrainAsync());
        Assert.Equal("sent|1|{}||", await RowAsync("a"));
        Assert.Equal(0, await dead.RetryAsync(default));
    }

    [Fact]
    public async Task The_age_of_the_oldest_message_that_is_due_is_metered_until_it_is_done()
    {
        Assert.Equal(0, Measure());
        await AddAsync("later", dueIn: TimeSpan.FromHours(1));
        await AddAsync("young", OutboxPriority.Urgent, TimeSpan.FromMinutes(1));
        await AddAsync("old");
        await _server.ExecuteAsync("insert into kernel.outbox (kind, subject, payload, due_at) values ('of.another-release', 'a', '{}', '2020-01-01')");
        _server.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(120, Measure(), tolerance: 10);
        await DrainAsync();
        Assert.Equal(0, Measure());

        double Measure()
        {
            var measured = new List<double>();
            using var listener = new MeterListener();
            // Of this server alone: other tests have meters of the same name.
            var meters = _server.App.Services.GetRequiredService<IMeterFactory>();
            listener.InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "maydon.outbox.oldest" && instrument.Meter.Scope == meters)
                    self.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<double>((_, value, _, _) => measured.Add(value));
            listener.Start();
            listener.RecordObservableInstruments();
            return Assert.Single(measured);
        }
    }

    [Fact]
    public async Task Two_nodes_never_take_the_same_message()
    {
        await using var other = new TestServer(postgres);
        await StartAsync(other, sibling: _server);
        await _server.ExecuteAsync("insert into kernel.outbox (kind, subject, payload, due_at) select 'test.kind', n::text, '{}', $1 from generate_series(1, 500) n", _server.Clock.Now().UtcDateTime);

        var handled = await Task.WhenAll(DrainAsync(), DrainAsync(other), DrainAsync(), DrainAsync(other));

        Assert.Equal(500, handled.Sum());
        Assert.Equal(500, _script.Subjects.Distinct().Count());
        Assert.Equal(500, _script.Calls.Count);
    }

    [Fact]
    public async Task The_lease_of_a_node_that_died_runs_out()
    {
        await AddAsync("a");
        var lease = _server.App.Services.GetRequiredService<OutboxLease>();
        var taken = Assert.Single(await lease.TakeAsync(OutboxPriority.Normal, 10, default));

        Assert.Equal(0, await DrainAsync());
        _server.Clock.Advance(OutboxLease.Duration);
        Assert.Equal(1, await DrainAsync());

        // Had it only been slow, it could not overwrite what was done since.
        await lease.FailAsync(taken, "too late", TimeSpan.Zero, default);
        await lease.FinishAsync(taken, OutboxOutcome.Skipped("too late"), default);
        Assert.Equal("sent|2|{}||", await RowAsync("a"));
    }

    [Fact]
    public async Task The_urgent_goes_first_and_the_low_last()
    {
        await AddAsync("low", OutboxPriority.Low);
        for (var i = 0; i < 20; i++)
            await AddAsync($"normal {i}");
        await AddAsync("urgent", OutboxPriority.Urgent);

        await DrainAsync();

        Assert.Equal("urgent", _script.Subjects.First());
        Assert.Equal("low", _script.Subjects.Last());
    }

    [Fact]
    public async Task Kinds_that_nobody_handles_wait_for_a_node_that_does()
    {
        await _server.ExecuteAsync("insert into kernel.outbox (kind, subject, payload, due_at) values ('of.another-release', 'a', '{}', $1)", _server.Clock.Now().UtcDateTime);
        Assert.Equal(0, await DrainAsync());
        Assert.Equal("pending|0|{}||", await RowAsync("a"));
    }

    [Fact]
    public async Task What_was_done_long_ago_is_forgotten_and_the_dead_are_not()
    {
        await AddAsync("done");
        await DrainAsync();
        await _server.ExecuteAsync("insert into kernel.outbox (kind, subject, payload, due_at, state) values ('test.kind', 'dead', '{}', $1, 'dead')", _server.Clock.Now().UtcDateTime);

        _server.Clock.Advance(CleanUpOutbox.Keep - TimeSpan.FromMinutes(1));
        await _server.RunJobAsync<CleanUpOutbox>();
        Assert.Equal(2L, await _server.ScalarAsync<long>("select count(*) from kernel.outbox"));

        _server.Clock.Advance(TimeSpan.FromMinutes(2));
        await _server.RunJobAsync<CleanUpOutbox>();
        Assert.Equal("dead", await _server.ScalarAsync<string>("select string_agg(subject, ',') from kernel.outbox"));
    }

    private async Task AddAsync(string subject, OutboxPriority priority = OutboxPriority.Normal, TimeSpan dueIn = default)
    {
        await using var connection = await _server.Database.OpenConnectionAsync();
        await OutboxWriter.AddAsync(connection, OutboxMessage.Create("test.kind", subject, new { Said = "secret" }, _server.Clock.Now() + dueIn, priority), default);
    }

    private Task<int> DrainAsync(TestServer? node = null) => (node ?? _server).App.Services.GetRequiredService<OutboxWorker>().DrainAsync(default);

    private async Task<string> RowAsync(string subject) =>
        await _server.ScalarAsync<string>("select concat_ws('|', state, attempts, payload, coalesce(locked_until::text, ''), coalesce(last_error, '')) from kernel.outbox where subject = $1", subject) ?? "";

    private Task StartAsync(TestServer server, TestServer? sibling = null) => server.StartAsync(
        customise: builder =>
        {
            builder.Services.AddSingleton(_script);
            builder.Services.AddOutboxHandler<ScriptedHandler>("test.kind");
        },
        sibling: sibling);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
