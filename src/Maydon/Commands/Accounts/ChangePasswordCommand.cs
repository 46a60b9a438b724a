using System.CommandLine;
using Maydon.Identity.Contracts;
using Maydon.Kernel.Operations;
using Maydon.Running;

namespace Maydon.Commands.Accounts;

/// <summary><c>changepassword ACCOUNT</c>.</summary>
internal static class ChangePasswordCommand
{
    public static Command Create()
    {
        var account = new Argument<string>("account") { Description = "Email, phone or user name." };
        var password = new Option<string?>("--password") { Description = "The new password; asked for when left out, so that it stays out of the shell's history." };
        var command = new Command("changepassword", "Set the password of an account; its sessions end.") { account, password };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetRequiredValue(account), result.GetValue(password), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string account, string? password, CancellationToken cancellationToken)
    {
        Terminal.SpeakEnglish();
        await using var session = await CommandSession.OpenAsync("changepassword", needsSchema: true, cancellationToken);
        password ??= Terminal.AskNewPassword();
        await using var scope = session.Services.CreateAsyncScope();
        var result = await scope.ServiceProvider.GetRequiredService<AccountCommands>().ChangePasswordAsync(account, password, cancellationToken);
        if (result.UserId is null)
            throw new OperatorException(string.Join('\n', result.Faults));
        Console.Out.WriteLine($"The password of {account} was changed.");
        return 0;
    }
}
