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
}
