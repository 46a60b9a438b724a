using System.CommandLine;

namespace Maydon.Commands;

/// <summary><c>maydon COMMAND</c>; without one it serves.</summary>
internal static class CommandLine
{
    public static Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Maydon: one server for events, on PostgreSQL.");
        return root.Parse(args.Length == 0 ? ["--help"] : args).InvokeAsync();
    }
}
