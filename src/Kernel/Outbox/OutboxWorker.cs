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
    private const int Parallel = 4;
    private const int ErrorLength = 500;
    private static readonly TimeSpan s_attemptTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);

    /// <summary>A work item that waits this long for a thread says that requests wait too; on an idle server it is some 20 µs.</summary>
    private static readonly TimeSpan s_congestion = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_restWhenCongested = TimeSpan.FromMilliseconds(250);

    private readonly OutboxLease _lease;
    private readonly IServiceScopeFactory _scopes;
    private readonly ILogger<OutboxWorker> _logger;
    private readonly bool _isOn;
    private readonly SemaphoreSlim _urgent = new(0, 1);

    public OutboxWorker(OutboxLease lease, IServiceScopeFactory scopes, ClusterSignals signals, BackgroundWork background, ILogger<OutboxWorker> logger)
    {
        (_lease, _scopes, _logger, _isOn) = (lease, scopes, logger, background.IsOn);
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
        int handled;
        do
        {
            handled = await HandleAsync(OutboxPriority.Urgent, cancellationToken) + await HandleNextAsync(cancellationToken);
            total += handled;
        }
        while (handled > 0);
        return total;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        _isOn ? Task.WhenAll(RunUrgentLaneAsync(stoppingToken), RunLaneAsync(stoppingToken)) : Task.CompletedTask;

    private async Task RunUrgentLaneAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (await TryHandleAsync(token => HandleAsync(OutboxPriority.Urgent, token), stoppingToken) == 0)
                await _urgent.WaitAsync(s_poll, stoppingToken);
        }
    }

    private async Task RunLaneAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var handled = await TryHandleAsync(HandleNextAsync, stoppingToken);
            if (handled == 0)
                await Task.Delay(s_poll, stoppingToken);
            else if (await IsCongestedAsync())
                await Task.Delay(s_restWhenCongested, stoppingToken);
        }
    }

    /// <summary>The lanes outlive a database that is away for a while.</summary>
    private async Task<int> TryHandleAsync(Func<CancellationToken, Task<int>> handle, CancellationToken stoppingToken)
    {
        try
        {
            return await handle(stoppingToken);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            _logger.LogWarning(e, "The outbox could not be read; trying again");
            return 0;
        }
    }

    private async Task<int> HandleNextAsync(CancellationToken cancellationToken)
    {
        var handled = await HandleAsync(OutboxPriority.Normal, cancellationToken);
        return handled > 0 ? handled : await HandleAsync(OutboxPriority.Low, cancellationToken);
    }

    /// <summary>No more is leased than is handled at once, so that a lease always outlasts its attempt.</summary>
    private async Task<int> HandleAsync(OutboxPriority priority, CancellationToken cancellationToken)
    {
        var taken = await _lease.TakeAsync(priority, Parallel, cancellationToken);
        await Task.WhenAll(taken.Select(AttemptAsync));
        return taken.Count;
    }

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

        await RecordAsync(() => _lease.FinishAsync(delivery, outcome, CancellationToken.None));
        if (outcome.SkippedBecause is { } reason)
            _logger.LogInformation("Outbox message {Id} ({Kind}) was skipped: {Reason}", delivery.Id, delivery.Kind, reason);
    }

    private async Task FailAsync(OutboxDelivery delivery, Exception failure)
    {
        var retryIn = OutboxBackOff.After(delivery.Attempt, failure);
        var error = $"{failure.GetType().Name}: {failure.Message}";
        await RecordAsync(() => _lease.FailAsync(delivery, error[..Math.Min(error.Length, ErrorLength)], retryIn, CancellationToken.None));
        // A message may quote an address: it stays in the row, the log keeps to what is nobody's.
        if (retryIn is { } wait)
            _logger.LogWarning("Outbox message {Id} ({Kind}) failed at attempt {Attempt} with {Error}; again in {Wait}", delivery.Id, delivery.Kind, delivery.Attempt, failure.GetType().Name, wait);
        else
            _logger.LogError("Outbox message {Id} ({Kind}) is dead after attempt {Attempt}: {Error}", delivery.Id, delivery.Kind, delivery.Attempt, failure.GetType().Name);
    }

    /// <summary>
    /// Insists while the lease lasts: what was handed over and could not be written down would be handed over again.
    /// </summary>
    private static async Task RecordAsync(Func<Task> record)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await record();
                return;
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(started) + s_attemptTimeout < OutboxLease.Duration)
            {
                await Task.Delay(s_poll);
            }
        }
    }

    private static async Task<bool> IsCongestedAsync()
    {
        var queued = Stopwatch.GetTimestamp();
        await Task.Yield();
        return Stopwatch.GetElapsedTime(queued) > s_congestion;
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
