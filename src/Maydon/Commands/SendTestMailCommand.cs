using System.CommandLine;
using System.Net.Mail;
using System.Net.Sockets;
using System.Security.Authentication;
using Maydon.Kernel.Mail;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Settings;
using Maydon.Running;
using Npgsql;

namespace Maydon.Commands;

/// <summary><c>send-test-mail ADDRESS</c>. Needs no database.</summary>
internal static class SendTestMailCommand
{
    public static Command Create()
    {
        var address = new Argument<string>("address") { Description = "Who gets the mail." };
        var command = new Command("send-test-mail", "Send one mail at once, to prove the mail settings.") { address };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetRequiredValue(address), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string address, CancellationToken cancellationToken)
    {
        if (!MailAddress.TryCreate(address, out _))
            throw new OperatorException($"\"{address}\" is not a mail address.");
        var settings = HostSettings.Load();
        await using var nowhere = NpgsqlDataSource.Create("Host=/nonexistent");
        await using var app = MaydonServer.Build(settings, nowhere, builder => ConsoleLogs.AddForCommand(builder.Logging, settings));
        try
        {
            await app.Services.GetRequiredService<SendTestMail>().RunAsync(address, cancellationToken);
        }
        catch (Exception e) when (e is SmtpException or AuthenticationException or PermanentDeliveryException or TimeoutException or IOException or SocketException or UnauthorizedAccessException)
        {
            throw new OperatorException($"The mail could not be sent ({(e.InnerException ?? e).Message.TrimEnd('.')}): check the EMAIL_ settings.", e);
        }

        Console.Out.WriteLine(settings.Mail.Backend switch
        {
            MailBackend.Smtp => $"{settings.Mail.Host} took the mail for {address}.",
            MailBackend.File => $"The mail lies in {Path.Combine(settings.DataDir, "mail")} (EMAIL_BACKEND=file).",
            _ => "The mail went to the console (EMAIL_BACKEND=console).",
        });
        return 0;
    }
}
