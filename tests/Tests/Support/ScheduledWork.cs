using System.Diagnostics;
using Maydon.Kernel.Jobs;

namespace Maydon.Tests.Support;

public static class ScheduledWork
{
    /// <summary>Runs a job now, as the scheduler would: in a scope of its own.</summary>
    public static async Task RunJobAsync<TJob>(this TestServer server) where TJob : class, IScheduledJob
    {
        await using var scope = server.App.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<TJob>().RunAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits, a minute at most, until what runs in the background has brought a count up to <paramref name="atLeast"/>.</summary>
    public static async Task EventuallyAsync(this TestServer server, string countSql, long atLeast)
    {
        var started = Stopwatch.GetTimestamp();
        long count;
        while ((count = await server.ScalarAsync<long>(countSql)) < atLeast)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1), $"After a minute still {count} instead of {atLeast}: {countSql}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
