using System.CommandLine;
using Maydon.Kernel.Persistence;
using Maydon.Running;

namespace Maydon.Commands;

/// <summary><c>migrate [--plan]</c>.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var plan = new Option<bool>("--plan") { Description = "Only list what would be applied." };
        var command = new Command("migrate", "Bring the database schema up to this release; serve does so by itself.") { plan };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetValue(plan), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(bool plan, CancellationToken cancellationToken)
    {
        await using var session = await CommandSession.OpenAsync("migrate", needsSchema: false, cancellationToken);
        var schema = session.Services.GetRequiredService<SchemaRunner>();
        var names = plan ? await schema.PlanAsync(cancellationToken) : await schema.ApplyAsync(cancellationToken);
        foreach (var name in names)
            Console.Out.WriteLine($"{(plan ? "would apply" : "applied")} {name}");
        if (names.Count == 0)
            Console.Out.WriteLine("The schema is up to date.");
        return 0;
    }
}
