using System.CommandLine;
using System.Globalization;
using Maydon.Identity.Contracts;
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
        var password = new Option<string?>("--password") { Description = "The password; asked for when left out, so that it stays out of the shell's history." };
        var command = new Command("createsuperuser", "Make an account with every right.") { email, phone, username, name, password };
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetValue(email), result.GetValue(phone), result.GetValue(username), result.GetValue(name), result.GetValue(password), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? email, string? phone, string? username, string? name, string? password, CancellationToken cancellationToken)
    {
        Terminal.SpeakEnglish();
        await using var session = await CommandSession.OpenAsync("createsuperuser", needsSchema: true, cancellationToken);
        if ((email ?? phone ?? username) is null)
        {
            email = Terminal.AskUntilAnswered("Email", "--email");
            name ??= Terminal.Ask("Full name");
        }

        password ??= Terminal.AskNewPassword();
        await using var scope = session.Services.CreateAsyncScope();
        var result = await scope.ServiceProvider.GetRequiredService<AccountCommands>()
            .CreateSuperuserAsync(new NewSuperuser(email, phone, username, name, password), cancellationToken);
        if (result.UserId is null)
            throw new OperatorException(string.Join('\n', result.Faults));
        Terminal.RecommendLength(password);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Superuser {email ?? phone ?? username} was made (id {result.UserId})."));
        return 0;
    }
}
