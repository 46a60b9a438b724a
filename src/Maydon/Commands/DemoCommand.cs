using System.CommandLine;
using Maydon.Running;

namespace Maydon.Commands;

/// <summary><c>demo</c>.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var command = new Command("demo", "Load believable data to try things out; repeating it changes nothing.");
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using var session = await CommandSession.OpenAsync("demo", needsSchema: true, cancellationToken);
        var lines = await DemoLoader.LoadAsync(session.Services, cancellationToken);
        foreach (var line in lines)
            Console.Out.WriteLine(line);
        if (lines.Count == 0)
            Console.Out.WriteLine("The demo data was there already.");
        return 0;
    }
}
