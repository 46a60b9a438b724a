using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Maydon.Kernel.Signals;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Maydon.Identity.Sessions;

/// <summary>
/// Keeps this node's <see cref="EndedSessions"/> complete: read before the first request is served, told of every further one, and
/// read again after each reconnect and, slowly, for as long as a signal could have been lost.
/// </summary>
internal sealed class EndedSessionsFeed(
    NpgsqlDataSource source, ClusterSignals signals, EndedSessions ended, MaydonSettings settings, TimeProvider clock, ILogger<EndedSessionsFeed> logger)
    : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    // Nodes' clocks may differ, and a transaction commits a while after the time it wrote.
    private static readonly TimeSpan s_slack = TimeSpan.FromMinutes(2);
    private DateTimeOffset _lastRead;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        signals.Subscribe(SessionEnding.Topic, Take, ReadAllAsync);
        await ReadAllAsync(cancellationToken);
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CatchUpAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                logger.LogWarning("The sessions that have ended could not be read ({Reason}); trying again in {Seconds} s", e.Message, s_interval.TotalSeconds);
            }
        }
    }

    internal Task CatchUpAsync(CancellationToken cancellationToken)
    {
        ended.ForgetBefore(Horizon());
        return ReadAsync(_lastRead - s_slack, cancellationToken);
    }

    private void Take(string payload)
    {
        var now = clock.Now();
        foreach (var id in payload.Split(','))
            ended.Add(id, now);
    }

    private Task ReadAllAsync(CancellationToken cancellationToken) => ReadAsync(Horizon(), cancellationToken);

    private async Task ReadAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        await using var command = source.CreateCommand("select id, ended_at from identity.sessions where ended_at >= $1");
        command.Parameters.Add(new() { Value = since.UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            // Somebody who reads at the same moment may have forgotten it already.
            var endedAt = new DateTimeOffset(reader.GetDateTime(1));
            if (endedAt >= Horizon())
                ended.Add(reader.GetString(0), endedAt);
        }

        _lastRead = now;
    }

    /// <summary>No access token is older than this.</summary>
    private DateTimeOffset Horizon() => clock.Now() - settings.AccessTokenLifetime - s_slack;
}
