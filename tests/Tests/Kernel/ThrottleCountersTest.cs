using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Throttling;
using Maydon.Kernel.Settings;
using Maydon.Tests.Support;

namespace Maydon.Tests.Kernel;

public sealed class ThrottleCountersTest
{
    private readonly TestClock _clock = new();

    [Fact]
    public async Task A_flood_of_keys_needs_no_more_memory_and_frees_nobody_who_is_blocked()
    {
        var counters = new ThrottleCounters(_clock);
        var rate = new Rate(3, TimeSpan.FromMinutes(15));
        for (var i = 0; i < 3; i++)
            Assert.Null(await counters.HitAsync("flood", "blocked", rate, CancellationToken.None));
        for (var i = 0; i < 400_000; i++)
            Assert.Null(counters.Hit("flood", (UInt128)(ulong)i, rate));
        Assert.InRange(counters.Size("flood"), 1, ThrottleScope.MostWindows);
        Assert.NotNull(await counters.HitAsync("flood", "blocked", rate, CancellationToken.None));

        // Once over, windows make room: the next thousands sweep them out.
        _clock.Advance(TimeSpan.FromMinutes(15));
        for (var i = 0; i < ThrottleScope.MostWindows; i++)
            counters.Hit("flood", (UInt128)(ulong)(i % 2000) + 1_000_000, rate);
        Assert.Null(await counters.HitAsync("flood", "blocked", rate, CancellationToken.None));
    }

    [Fact]
    public async Task Counting_is_exact_however_many_count_at_once()
    {
        var counters = new ThrottleCounters(_clock);
        var rate = new Rate(1000, TimeSpan.FromMinutes(1));
        var passed = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                if (counters.Hit("exact", 0, rate) is null)
                    Interlocked.Increment(ref passed);
                // Others come and make the scope sweep meanwhile.
                counters.Hit("exact", (UInt128)(ulong)((worker * 1000) + i + 1), rate);
            }
        })));
        Assert.Equal(1000, passed);
    }

    [Fact]
    public async Task What_was_counted_can_be_taken_back_or_forgotten()
    {
        var counters = new ThrottleCounters(_clock);
        var rate = new Rate(1, TimeSpan.FromMinutes(1));
        Assert.Null(await counters.HitAsync("back", "x", rate, CancellationToken.None));
        Assert.NotNull(await counters.HitAsync("back", "x", rate, CancellationToken.None));
        await counters.RefundAsync("back", "x", CancellationToken.None);
        Assert.Null(await counters.HitAsync("back", "x", rate, CancellationToken.None));
        await counters.ResetAsync("back", "x", CancellationToken.None);
        Assert.Null(await counters.HitAsync("back", "x", rate, CancellationToken.None));
    }
}
