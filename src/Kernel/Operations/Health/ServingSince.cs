using Maydon.Kernel.Persistence;
using Microsoft.Extensions.Hosting;

namespace Maydon.Kernel.Operations;

/// <summary>When this process began to serve; null in a command.</summary>
internal sealed class ServingSince(TimeProvider clock) : IHostedService
{
    public DateTimeOffset? At { get; private set; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        At = clock.Now();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
