using System.CommandLine;
using Maydon.Identity.Contracts;
using Maydon.Kernel.Http;
using Maydon.Kernel.Operations;
using Maydon.Running;

namespace Maydon.Commands.Accounts;

/// <summary><c>group [NAME PERMISSION…]</c>: with a name it sets what the group permits, without one it shows what there is.</summary>
internal static class GroupCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("name") { Description = "The group; made if there is none.", Arity = ArgumentArity.ZeroOrOne };
        var permissions = new Argument<string[]>("permission")
        {
            Description = "What its members may from now on: such as catalog.view_client, or catalog.client for view, add, change and delete.", Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("group", "Set what a group permits; without a name, list groups and permissions.") { name, permissions };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetValue(name), result.GetValue(permissions) ?? [], cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? name, string[] permissions, CancellationToken cancellationToken)
    {
        Terminal.SpeakEnglish();
        if (name is not null && permissions.Length == 0)
            throw new OperatorException("Say what the group permits: \"group\" alone lists every permission.");
        await using var session = await CommandSession.OpenAsync("group", needsSchema: true, cancellationToken);
        await using var scope = session.Services.CreateAsyncScope();
        var rights = scope.ServiceProvider.GetRequiredService<RightsCommands>();
        if (name is not null)
        {
            var group = Terminal.ValueOf(await rights.SetGroupAsync(name, permissions, cancellationToken));
            Console.Out.WriteLine($"Members of {group.Name} may {string.Join(", ", group.Permissions)}.");
            return 0;
        }

        foreach (var group in await rights.ListGroupsAsync(cancellationToken))
            Console.Out.WriteLine($"{group.Name}: {(group.Permissions.Count == 0 ? "nothing" : string.Join(", ", group.Permissions))}");
        Console.Out.WriteLine($"Permissions there are: {string.Join(", ", session.Services.GetRequiredService<KnownPermissions>().All)}");
        return 0;
    }
}
