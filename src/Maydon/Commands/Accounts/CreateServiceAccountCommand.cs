using System.CommandLine;
using Maydon.Identity.Contracts;
using Maydon.Kernel.Localization;
using Maydon.Running;

namespace Maydon.Commands.Accounts;

/// <summary><c>createserviceaccount NAME [--group G]… [--name N] [--language L]</c></summary>
internal static class CreateServiceAccountCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The user name to sign in with at /api/token/." };
        var groups = new Option<string[]>("--group") { Description = "A group that says what it may; can be given again." };
        var fullName = new Option<string?>("--name") { Description = "What people read in histories; without it, the user name." };
        var language = new Option<string>("--language") { Description = $"The language of the errors it is told: {string.Join(", ", Messages.Languages)}.", DefaultValueFactory = _ => OperatorLanguage.Find() };
        var command = new Command("createserviceaccount", "Make an account for a program, with a random password.") { name, groups, fullName, language };
        command.SetAction((result, cancellationToken) => RunAsync(
            new NewServiceAccount(result.GetRequiredValue(name), result.GetValue(groups) ?? [], result.GetValue(fullName), result.GetRequiredValue(language)), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(NewServiceAccount account, CancellationToken cancellationToken)
    {
        Terminal.SpeakEnglish();
        await using var session = await CommandSession.OpenAsync("createserviceaccount", needsSchema: true, cancellationToken);
        await using var scope = session.Services.CreateAsyncScope();
        var password = Terminal.ValueOf(await scope.ServiceProvider.GetRequiredService<RightsCommands>().CreateServiceAccountAsync(account, cancellationToken));
        Console.Out.WriteLine($"Service account {account.Username} was made, password {password} (shown this once). It is told of errors in {account.Language}.");
        return 0;
    }
}
