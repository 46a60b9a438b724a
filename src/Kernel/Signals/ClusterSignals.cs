using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Maydon.Kernel.Signals;

/// <summary>
/// Short messages to every node through PostgreSQL's LISTEN/NOTIFY: sent with the transaction that causes them, delivered after its
/// commit. A node that lost its connection may have missed some, so every subscriber also says how to catch up.
/// </summary>
public sealed class ClusterSignals(NpgsqlDataSource source, ILogger<ClusterSignals> logger, TimeProvider clock) : BackgroundService
{
    public const string Channel = "maydon";
    private readonly ConcurrentDictionary<string, Subscription[]> _subscriptions = new();

    /// <summary>How long nothing may come before the connection is asked whether it still is one: from a peer that vanished nothing ever comes.</summary>
    internal TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Beside those that listen to the topic already.</summary>
    /// <param name="topic">Without a colon.</param>
    /// <param name="onSignal">Called with the payload on the listening thread: must be quick.</param>
    /// <param name="catchUp">Called after every (re)connect, before the first signal.</param>
    public void Subscribe(string topic, Action<string> onSignal, Func<CancellationToken, Task> catchUp) =>
        _subscriptions.AddOrUpdate(topic, static (_, added) => [added], static (_, present, added) => [.. present, added], new Subscription(onSignal, catchUp));

    /// <summary>Part of the caller's transaction; payload up to 7,000 bytes.</summary>
    public static async Task SendAsync(NpgsqlConnection connection, string topic, string payload, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_notify($1, $2)", connection);
        command.Parameters.Add(new() { Value = Channel });
        command.Parameters.Add(new() { Value = $"{topic}:{payload}" });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The same as part of a batch.</summary>
    public static NpgsqlBatchCommand Command(string topic, string payload) => new("select pg_notify($1, $2)")
    {
        Parameters = { new() { Value = Channel }, new() { Value = $"{topic}:{payload}" } },
    };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
            {
                logger.LogWarning("Listening for signals was interrupted ({Reason}); trying again", e.Message.Split('\n')[0]);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        await using var connection = await source.OpenConnectionAsync(stoppingToken);
        connection.Notification += (_, signal) => Deliver(signal.Payload);
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
            await listen.ExecuteNonQueryAsync(stoppingToken);
        foreach (var subscription in _subscriptions.Values.SelectMany(subscriptions => subscriptions))
            await subscription.CatchUp(stoppingToken);
        await using var question = new NpgsqlCommand("select 1", connection) { CommandTimeout = 5 };
        while (true)
        {
            if (!await connection.WaitAsync(Quiet, stoppingToken))
                await question.ExecuteNonQueryAsync(stoppingToken);
        }
    }

    private void Deliver(string message)
    {
        var colon = message.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !_subscriptions.TryGetValue(message[..colon], out var subscriptions))
            return;
        foreach (var subscription in subscriptions)
            subscription.OnSignal(message[(colon + 1)..]);
    }

    private sealed record Subscription(Action<string> OnSignal, Func<CancellationToken, Task> CatchUp);
}
