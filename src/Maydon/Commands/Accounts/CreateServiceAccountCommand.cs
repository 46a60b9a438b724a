using System.CommandLine;
using Maydon.Identity.Contracts;
using Maydon.Running;

namespace Maydon.Commands.Accounts;

/// <summary><c>createserviceaccount NAME [--group G]…</c></summary>
internal static class CreateServiceAccountCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The user name to sign in with at /api/token/." };
        var groups = new Option<string[]>("--group") { Description = "A group that says what it may; can be given again." };
        var command = new Command("createserviceaccount", "Make an account for a program, with a random password.") { name, groups };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetRequiredValue(name), result.GetValue(groups) ?? [], cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string name, string[] groups, CancellationToken cancellationToken)
    {
        Terminal.SpeakEnglish();
        await using var session = await CommandSession.OpenAsync("createserviceaccount", needsSchema: true, cancellationToken);
        await using var scope = session.Services.CreateAsyncScope();
        var password = Terminal.ValueOf(await scope.ServiceProvider.GetRequiredService<RightsCommands>().CreateServiceAccountAsync(name, groups, cancellationToken));
        Console.Out.WriteLine($"Service account {name} was made, password {password} (shown this once).");
        return 0;
    }
}
