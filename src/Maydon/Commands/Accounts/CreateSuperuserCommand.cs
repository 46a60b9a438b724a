using System.CommandLine;
using System.Globalization;
using Maydon.Identity.Contracts;
using Maydon.Kernel.Localization;
using Maydon.Kernel.Operations;
using Maydon.Running;

namespace Maydon.Commands.Accounts;

/// <summary><c>createsuperuser</c>: asks for what the options leave open.</summary>
internal static class CreateSuperuserCommand
{
    public static Command Create()
    {
        var email = new Option<string?>("--email") { Description = "The address to sign in with at /auth/login and /api/token/." };
        var phone = new Option<string?>("--phone") { Description = "The phone number to sign in with at /auth/login and /api/token/." };
        var username = new Option<string?>("--username") { Description = "The user name to sign in with at /api/token/; /auth/login takes email or phone." };
        var name = new Option<string?>("--name") { Description = "The full name." };
        var language = new Option<string>("--language") { Description = $"The language of their mails and errors: {string.Join(", ", Messages.Languages)}.", DefaultValueFactory = _ => OperatorLanguage.Find() };
        var password = new Option<string?>("--password") { Description = "The password; asked for when left out, so that it stays out of the shell's history." };
        var command = new Command("createsuperuser", "Make an account with every right.") { email, phone, username, name, language, password };
        command.SetAction((result, cancellationToken) => RunAsync(
            new NewSuperuser(result.GetValue(email), result.GetValue(phone), result.GetValue(username), result.GetValue(name), result.GetValue(password) ?? "", result.GetRequiredValue(language)),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(NewSuperuser told, CancellationToken cancellationToken)
    {
        Terminal.SpeakEnglish();
        await using var session = await CommandSession.OpenAsync("createsuperuser", needsSchema: true, cancellationToken);
        if ((told.Email ?? told.Phone ?? told.Username) is null)
            told = told with { Email = Terminal.AskUntilAnswered("Email", "--email"), FullName = told.FullName ?? Terminal.Ask("Full name") };
        if (told.Password.Length == 0)
            told = told with { Password = Terminal.AskNewPassword() };
        await using var scope = session.Services.CreateAsyncScope();
        var result = await scope.ServiceProvider.GetRequiredService<AccountCommands>().CreateSuperuserAsync(told, cancellationToken);
        if (result.UserId is null)
            throw new OperatorException(string.Join('\n', result.Faults));
        Terminal.RecommendLength(told.Password);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Superuser {told.Email ?? told.Phone ?? told.Username} was made (id {result.UserId}, language {told.Language})."));
        return 0;
    }
}
