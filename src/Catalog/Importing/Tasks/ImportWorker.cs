using Maydon.Kernel.Jobs;
using Maydon.Kernel.Signals;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Maydon.Catalog.Importing.Tasks;

/// <summary>
/// Begins imports as soon as they are there, on every node, and when a node starts those that it left behind. The schedule runs the same job every minute for
/// whatever no signal was heard of.
/// </summary>
internal sealed class ImportWorker : BackgroundService
{
    public const string Topic = "catalog.imports";

    private readonly JobRunner _runner;
    private readonly ILogger<ImportWorker> _logger;
    private readonly bool _isOn;
    private readonly SemaphoreSlim _due = new(0, 1);

    public ImportWorker(JobRunner runner, ClusterSignals signals, BackgroundWork background, ILogger<ImportWorker> logger)
    {
        (_runner, _logger, _isOn) = (runner, logger, background.IsOn);
        if (!_isOn)
            return;
        signals.Subscribe(Topic, _ => Wake(), _ =>
        {
            Wake();
            return Task.CompletedTask;
        });
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (_isOn)
        {
            await _due.WaitAsync(stoppingToken);
            try
            {
                await _runner.RunAsync(RunImports.Name, stoppingToken);
            }
            catch (NpgsqlException e)
            {
                _logger.LogWarning("Imports could not be begun ({Reason}); the schedule tries again", e.Message.Split('\n')[0]);
            }
        }
    }

    private void Wake()
    {
        if (_due.CurrentCount == 0)
            _due.Release();
    }

    public override void Dispose()
    {
        _due.Dispose();
        base.Dispose();
    }
}
