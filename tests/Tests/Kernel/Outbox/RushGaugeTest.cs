using Maydon.Kernel.Http.Throttling;
using Maydon.Kernel.Outbox;
using Maydon.Tests.Support;

namespace Maydon.Tests.Kernel.Outbox;

public sealed class RushGaugeTest(TestServer server) : IClassFixture<TestServer>
{
    private sealed class Stopped : TimeProvider
    {
        public TimeSpan Now { get; set; }
        public override long GetTimestamp() => Now.Ticks;
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }

    [Fact]
    public void Many_requests_a_second_are_a_rush_for_as_long_as_they_come()
    {
        var (count, clock) = (new RequestCount(), new Stopped());
        var gauge = new RushGauge(count, clock);
        Assert.False(After(TimeSpan.FromSeconds(1), requests: RushGauge.RequestsPerSecond));
        Assert.True(After(TimeSpan.FromSeconds(1), requests: RushGauge.RequestsPerSecond + 1));
        // Looked at again at once it is still what it was.
        Assert.True(After(TimeSpan.FromMilliseconds(1), requests: 0));
        Assert.False(After(TimeSpan.FromSeconds(1), requests: 0));
        Assert.True(After(TimeSpan.FromMilliseconds(100), requests: 60));

        bool After(TimeSpan time, int requests)
        {
            clock.Now += time;
            for (var n = 0; n < requests; n++)
                count.Add();
            return gauge.IsRush();
        }
    }

    [Fact]
    public async Task Every_request_is_counted_whatever_becomes_of_it()
    {
        var count = server.App.Services.GetRequiredService<RequestCount>();
        var before = count.Total;
        using var client = server.CreateClient();
        foreach (var path in new[] { "/health/", "/nowhere", "/api/events/?page=x" })
            (await client.GetAsync(path)).Dispose();
        Assert.Equal(before + 3, count.Total);
    }
}
