using Maydon.Kernel.Caching;

namespace Maydon.Tests.Kernel;

public sealed class KeyedGateTest
{
    private readonly KeyedGate _gate = new();

    [Fact]
    public async Task Of_one_key_one_is_in_at_a_time_in_order_and_another_key_waits_for_nobody()
    {
        var first = await _gate.EnterAsync("a", CancellationToken.None);
        var second = _gate.EnterAsync("a", CancellationToken.None);
        var third = _gate.EnterAsync("a", CancellationToken.None);

        using (await _gate.EnterAsync("b", CancellationToken.None))
            Assert.Equal((true, true, false), (_gate.IsTaken("a"), _gate.IsTaken("b"), _gate.IsTaken("c")));
        Assert.False(second.IsCompleted);

        first.Dispose();
        (await second).Dispose();
        (await third).Dispose();
        Assert.Equal((false, false), (_gate.IsTaken("a"), _gate.IsTaken("b")));
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_no_trace()
    {
        using var patience = new CancellationTokenSource();
        var first = await _gate.EnterAsync("a", CancellationToken.None);
        var second = _gate.EnterAsync("a", patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);

        Assert.True(_gate.IsTaken("a"));
        first.Dispose();

        Assert.False(_gate.IsTaken("a"));
        using (await _gate.EnterAsync("a", CancellationToken.None))
            Assert.True(_gate.IsTaken("a"));
    }
}
