using Maydon.Kernel.Operations;

namespace Maydon.Running;

internal static class DemoLoader
{
    /// <summary>Loads the demo data of every active module, in their order; returns what was made.</summary>
    public static async Task<IReadOnlyList<string>> LoadAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        int count;
        await using (var scope = services.CreateAsyncScope())
            count = scope.ServiceProvider.GetServices<IDemoData>().Count();
        for (var i = 0; i < count; i++)
        {
            await using var scope = services.CreateAsyncScope();
            lines.AddRange(await scope.ServiceProvider.GetServices<IDemoData>().ElementAt(i).LoadAsync(cancellationToken));
        }

        return lines;
    }
}
