using Maydon.Kernel.Signals;

namespace Maydon.Tests.Support;

internal static class Signals
{
    /// <summary>
    /// Until the server has heard all that was sent before, its own included: they come in order. One that comes late makes what was kept meanwhile be read anew.
    /// </summary>
    public static async Task HearSignalsAsync(this TestServer server)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.App.Services.GetRequiredService<ClusterSignals>().Subscribe("heard", _ => heard.TrySetResult(), _ => Task.CompletedTask);
        await server.ExecuteAsync("select pg_notify('maydon', 'heard:')");
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
