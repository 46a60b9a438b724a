using System.Diagnostics;
using Maydon.Kernel.Outbox;

namespace Maydon.Tests.Kernel.Outbox;

public sealed class RushGaugeTest
{
    [Fact]
    public async Task Much_work_in_front_of_every_thread_is_a_rush()
    {
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var work = Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                var started = Stopwatch.GetTimestamp();
                while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromMicroseconds(200))
                    Thread.SpinWait(10);
                await Task.Yield();
            }
        })).ToArray();

        var isRush = await Task.Run(() => RushGauge.IsRushAsync(default));

        await over.CancelAsync();
        await Task.WhenAll(work);
        Assert.True(isRush);
    }
}
