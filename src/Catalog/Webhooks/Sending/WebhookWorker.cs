using System.Diagnostics;
using Maydon.Catalog.Reading;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Signals;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Maydon.Catalog.Webhooks.Sending;

/// <summary>
/// Sends deliveries, on every node. It has no lane with a few places: each subscription is one attempt at most, and there are not many, so whoever hangs holds
/// up nobody but himself. Nothing is open in the database while a receiver thinks.
/// </summary>
internal sealed class WebhookWorker : BackgroundService
{
    // Retries come due without a signal, and a signal can be lost.
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(5);

    // What many writers tell within it is one delivery.
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan s_blip = TimeSpan.FromSeconds(1);

    private readonly WebhookTurns _turns;
    private readonly SendDelivery _deliveries;
    private readonly ILogger<WebhookWorker> _logger;
    private readonly bool _isOn;
    private readonly Lock _waking = new();
    private readonly SemaphoreSlim _wake = new(0, 1);

    public WebhookWorker(WebhookTurns turns, SendDelivery deliveries, ClusterSignals signals, BackgroundWork background, ILogger<WebhookWorker> logger)
    {
        (_turns, _deliveries, _logger, _isOn) = (turns, deliveries, logger, background.IsOn);
        if (!_isOn)
            return;
        foreach (var topic in new[] { WebhookSignal.Topic, CatalogStamps.Topic })
        {
            signals.Subscribe(topic, _ => Wake(), _ =>
            {
                Wake();
                return Task.CompletedTask;
            });
        }
    }

    /// <summary>Sends all that is due now, without pausing.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        var running = new List<Task>();
        while (true)
        {
            running.AddRange((await _turns.TakeAsync(cancellationToken)).Select(turn => RunAsync(turn, cancellationToken)));
            if (running.Count == 0)
                return;
            await Task.WhenAny(running);
            Settle(running);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_isOn)
            return;
        var running = new List<Task>();
        try
        {
            while (true)
            {
                running.AddRange((await TryTakeAsync(stoppingToken)).Select(turn => RunAsync(turn, stoppingToken)));
                await _wake.WaitAsync(s_poll, stoppingToken);
                await Task.Delay(s_rest, stoppingToken);
                Settle(running);
            }
        }
        finally
        {
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Settle(running);
        }
    }

    /// <summary>The worker outlives a database that is away for a while, and takes no bug as the end of everything else that this process does.</summary>
    private async Task<List<WebhookTurn>> TryTakeAsync(CancellationToken stoppingToken)
    {
        try
        {
            return await _turns.TakeAsync(stoppingToken);
        }
        catch (NpgsqlException e) when (!stoppingToken.IsCancellationRequested)
        {
            _logger.LogWarning("Webhooks could not be read ({Reason}); trying again", e.Message.Split('\n')[0]);
            return [];
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            _logger.LogError(e, "Webhooks could not be read; trying again");
            return [];
        }
    }

    /// <summary>One part after the other while they are full: of a million changes none waits for the rest between turns. An attempt is not cancelled by a shutdown, which waits for it.</summary>
    private async Task RunAsync(WebhookTurn turn, CancellationToken stoppingToken)
    {
        try
        {
            while (await _turns.BeginAsync(turn, CancellationToken.None) is { } attempt)
            {
                var began = Stopwatch.GetTimestamp();
                var answer = await _deliveries.SendAsync(attempt, CancellationToken.None);
                if (!answer.IsTaken)
                    _logger.LogWarning("Delivery {Delivery} of webhook {Webhook} was not taken at attempt {Attempt}: {Reason}", attempt.Id, attempt.WebhookId, attempt.Number, answer.Error ?? $"{answer.Status}");
                if (await EndAsync(turn, attempt, answer, began, stoppingToken))
                    continue;
                // More may be due already.
                Wake();
                return;
            }
        }
        catch (NpgsqlException e)
        {
            // The turn runs out, and then it is sent once more.
            _logger.LogWarning("A delivery of webhook {Webhook} could not be read or written down ({Reason})", turn.WebhookId, e.Message.Split('\n')[0]);
        }
    }

    /// <summary>Insists while the turn lasts: what was taken and could not be written down will be sent again.</summary>
    private async Task<bool> EndAsync(WebhookTurn turn, DeliveryAttempt attempt, ReceiverAnswer answer, long began, CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                return await _turns.EndAsync(turn, attempt, answer, mayGoOn: !stoppingToken.IsCancellationRequested, CancellationToken.None);
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(began) < WebhookTurns.Duration)
            {
                await Task.Delay(s_blip, CancellationToken.None);
            }
        }
    }

    /// <summary>A turn that ended with a bug is told and runs out; it does not end the others.</summary>
    private void Settle(List<Task> running)
    {
        foreach (var failed in running.Where(task => task.IsFaulted))
            _logger.LogError(failed.Exception, "A delivery failed");
        running.RemoveAll(task => task.IsCompleted);
    }

    private void Wake()
    {
        lock (_waking)
        {
            if (_wake.CurrentCount == 0)
                _wake.Release();
        }
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }
}
