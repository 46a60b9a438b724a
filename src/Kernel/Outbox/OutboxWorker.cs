using System.Diagnostics;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Signals;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Maydon.Kernel.Outbox;

/// <summary>
/// Works off the outbox, on every node. Urgent messages have a lane of their own; the others give way to requests: registrations come
/// before the mails about them.
/// </summary>
internal sealed class OutboxWorker : BackgroundService
{
    /// <summary>Attempts at once, in each lane.</summary>
    public const int Parallel = 8;
    private const int ErrorLength = 500;
    private static readonly TimeSpan s_attemptTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_restInRush = TimeSpan.FromMilliseconds(500);

    private readonly OutboxLease _lease;
    private readonly OutboxMeters _meters;
    private readonly RushGauge _rush;
    private readonly IServiceScopeFactory _scopes;
    private readonly ILogger<OutboxWorker> _logger;
    private readonly bool _isOn;
    private readonly SemaphoreSlim _urgent = new(0, 1);

    public OutboxWorker(
        OutboxLease lease, IServiceScopeFactory scopes, ClusterSignals signals, BackgroundWork background, OutboxMeters meters, RushGauge rush, ILogger<OutboxWorker> logger)
    {
        (_lease, _scopes, _meters, _rush, _logger, _isOn) = (lease, scopes, meters, rush, logger, background.IsOn);
        if (!_isOn)
            return;
        signals.Subscribe("outbox", _ => Wake(), _ =>
        {
            Wake();
            return Task.CompletedTask;
        });
    }

    /// <summary>Handles all that is due now, without pausing, and returns how many messages that was (failed ones included).</summary>
    public async Task<int> DrainAsync(CancellationToken cancellationToken)
    {
        var total = 0;
        List<OutboxDelivery> taken;
        do
        {
            taken = await TakeAsync(OutboxPriority.Urgent, Parallel, cancellationToken);
            if (taken.Count == 0)
                taken = await TakeNextAsync(Parallel, cancellationToken);
            await Task.WhenAll(taken.Select(AttemptAsync));
            total += taken.Count;
        }
        while (taken.Count > 0);
        return total;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _isOn
        ? Task.WhenAll(
            RunLaneAsync((room, token) => TakeAsync(OutboxPriority.Urgent, room, token), givesWay: false, token => _urgent.WaitAsync(s_poll, token), stoppingToken),
            RunLaneAsync(TakeNextAsync, givesWay: true, token => Task.Delay(s_poll, token), stoppingToken))
        : Task.CompletedTask;

    /// <summary>Keeps a few attempts going. No more is leased than is worked at, so that a lease always outlasts its attempt.</summary>
    private async Task RunLaneAsync(Func<int, CancellationToken, Task<List<OutboxDelivery>>> take, bool givesWay, Func<CancellationToken, Task> wait, CancellationToken stoppingToken)
    {
        var running = new List<Task>();
        var hasMore = false;
        try
        {
            while (true)
            {
                // During a rush one at a time, with rests: enough to go on, too little to be felt.
                var isRush = givesWay && hasMore && _rush.IsRush();
                if (isRush)
                    await Task.Delay(s_restInRush, stoppingToken);
                var taken = await TryTakeAsync(token => take(isRush ? 1 : Parallel - running.Count, token), stoppingToken);
                running.AddRange(taken.Select(AttemptAsync));
                hasMore = taken.Count > 0;
                if (!hasMore)
                    await wait(stoppingToken);
                while (running.RemoveAll(attempt => attempt.IsCompleted) == 0 && running.Count == Parallel)
                    await Task.WhenAny(running);
            }
        }
        finally
        {
            await Task.WhenAll(running);
        }
    }

    /// <summary>The lanes outlive a database that is away for a while.</summary>
    private async Task<List<OutboxDelivery>> TryTakeAsync(Func<CancellationToken, Task<List<OutboxDelivery>>> take, CancellationToken stoppingToken)
    {
        try
        {
            return await take(stoppingToken);
        }
        catch (NpgsqlException e) when (!stoppingToken.IsCancellationRequested)
        {
            // Every second while the database is away: where in the driver it happened is no news.
            _logger.LogWarning("The outbox could not be read ({Reason}); trying again", e.Message.Split('\n')[0]);
            return [];
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            _logger.LogWarning(e, "The outbox could not be read; trying again");
            return [];
        }
    }

    private async Task<List<OutboxDelivery>> TakeNextAsync(int limit, CancellationToken cancellationToken)
    {
        var taken = await TakeAsync(OutboxPriority.Normal, limit, cancellationToken);
        return taken.Count > 0 ? taken : await TakeAsync(OutboxPriority.Low, limit, cancellationToken);
    }

    private Task<List<OutboxDelivery>> TakeAsync(OutboxPriority priority, int limit, CancellationToken cancellationToken) => _lease.TakeAsync(priority, limit, cancellationToken);

    /// <summary>Not cancelled by a shutdown, which waits for it: a mail that was handed over must also be marked.</summary>
    private async Task AttemptAsync(OutboxDelivery delivery)
    {
        OutboxOutcome outcome;
        try
        {
            using var timeout = new CancellationTokenSource(s_attemptTimeout);
            await using var scope = _scopes.CreateAsyncScope();
            outcome = await scope.ServiceProvider.GetRequiredKeyedService<IOutboxHandler>(delivery.Kind).HandleAsync(delivery, timeout.Token);
        }
        catch (Exception e)
        {
            await FailAsync(delivery, e);
            return;
        }

        await RecordAsync(delivery, () => _lease.FinishAsync(delivery, outcome, CancellationToken.None));
        _meters.Done(delivery, outcome.SkippedBecause is null ? "sent" : "skipped");
        if (outcome.SkippedBecause is { } reason)
            _logger.LogDebug("Outbox message {Id} ({Kind}) was skipped: {Reason}", delivery.Id, delivery.Kind, reason);
    }

    private async Task FailAsync(OutboxDelivery delivery, Exception failure)
    {
        var retryIn = OutboxBackOff.After(delivery.Attempt, failure);
        var error = $"{failure.GetType().Name}: {failure.Message}";
        await RecordAsync(delivery, () => _lease.FailAsync(delivery, error[..Math.Min(error.Length, ErrorLength)], retryIn, CancellationToken.None));
        _meters.Done(delivery, retryIn is null ? "dead" : "failed");
        // A message may quote an address: it stays in the row, the log keeps to what is nobody's.
        if (retryIn is { } wait)
            _logger.LogWarning("Outbox message {Id} ({Kind}) failed at attempt {Attempt} with {Error}; again in {Wait}", delivery.Id, delivery.Kind, delivery.Attempt, failure.GetType().Name, wait);
        else
            _logger.LogError("Outbox message {Id} ({Kind}) is dead after attempt {Attempt}: {Error}", delivery.Id, delivery.Kind, delivery.Attempt, failure.GetType().Name);
    }

    /// <summary>Insists while the lease lasts: what was handed over and could not be written down will be handed over again.</summary>
    private async Task RecordAsync(OutboxDelivery delivery, Func<Task> record)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await record();
                return;
            }
            catch (NpgsqlException e)
            {
                if (Stopwatch.GetElapsedTime(started) > OutboxLease.Duration - s_attemptTimeout)
                {
                    _logger.LogError(e, "How outbox message {Id} ({Kind}) ended could not be written down", delivery.Id, delivery.Kind);
                    return;
                }

                await Task.Delay(s_poll);
            }
        }
    }

    private void Wake()
    {
        if (_urgent.CurrentCount == 0)
            _urgent.Release();
    }

    public override void Dispose()
    {
        _urgent.Dispose();
        base.Dispose();
    }
}
