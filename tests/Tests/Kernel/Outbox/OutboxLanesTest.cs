using System.Diagnostics;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Persistence;
using Maydon.Tests.Support;

namespace Maydon.Tests.Kernel.Outbox;

/// <summary>The worker as it runs by itself, in real time.</summary>
public sealed class OutboxLanesTest(TestPostgres postgres)
{
    private static readonly TimeSpan s_aMoment = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task The_urgent_waits_neither_for_the_slow_nor_for_the_next_look()
    {
        var script = new HandlerScript();
        var release = new TaskCompletionSource();
        script.Answer = async delivery =>
        {
            if (delivery.Subject.StartsWith("slow", StringComparison.Ordinal))
                await release.Task;
            return OutboxOutcome.Sent;
        };
        await using var server = new TestServer(postgres);
        await StartAsync(server, script);

        for (var i = 0; i < 20; i++)
            await AddAsync(server, $"slow {i}", OutboxPriority.Normal);
        await UntilAsync(() => script.Calls.Count >= OutboxWorker.Parallel, "The slow ones have begun.");
        await AddAsync(server, "urgent", OutboxPriority.Urgent);
        await UntilAsync(() => script.Subjects.Contains("urgent"), "The urgent one was handled while the others hang.");

        // No more is taken than is worked at, so what waits can be taken by another node.
        Assert.Equal(OutboxWorker.Parallel + 1, script.Calls.Count);
        release.SetResult();
        await server.EventuallyAsync("select count(*) from kernel.outbox where state = 'sent'", 21);
    }

    [Fact]
    public async Task A_shutdown_waits_for_what_is_being_sent_and_marks_it()
    {
        var script = new HandlerScript();
        var sending = new TaskCompletionSource();
        script.Answer = async _ =>
        {
            sending.TrySetResult();
            await Task.Delay(500);
            return OutboxOutcome.Sent;
        };
        await using var server = new TestServer(postgres);
        await StartAsync(server, script);
        await AddAsync(server, "a", OutboxPriority.Urgent);
        await sending.Task.WaitAsync(s_aMoment);

        await server.App.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal("sent", await server.ScalarAsync<string>("select state from kernel.outbox"));
    }

    private static async Task UntilAsync(Func<bool> condition, string claim)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < s_aMoment, $"Not true: {claim}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private static async Task AddAsync(TestServer server, string subject, OutboxPriority priority)
    {
        await using var connection = await server.Database.OpenConnectionAsync();
        await OutboxWriter.AddAsync(connection, OutboxMessage.Create("test.kind", subject, new { }, server.Clock.Now(), priority), default);
    }

    private static Task StartAsync(TestServer server, HandlerScript script) => server.StartAsync(
        customise: builder =>
        {
            builder.Services.AddSingleton(script);
            builder.Services.AddOutboxHandler<ScriptedHandler>("test.kind");
        },
        background: true);
}
