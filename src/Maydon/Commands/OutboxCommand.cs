using System.CommandLine;
using System.Globalization;
using Maydon.Kernel.Outbox;
using Maydon.Running;

namespace Maydon.Commands;

/// <summary><c>outbox [--retry]</c>: mails that were given up, and another round for them once the cause is mended.</summary>
internal static class OutboxCommand
{
    // Enough to see why; a mail server that was away for a night leaves thousands alike.
    private const int Shown = 50;

    public static Command Create()
    {
        var retry = new Option<bool>("--retry") { Description = "Have the server try all of them again." };
        var command = new Command("outbox", "List the mails that were given up after many attempts, with what went wrong.") { retry };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetValue(retry), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(bool retry, CancellationToken cancellationToken)
    {
        await using var session = await CommandSession.OpenAsync("outbox", needsSchema: true, cancellationToken);
        await using var scope = session.Services.CreateAsyncScope();
        var dead = scope.ServiceProvider.GetRequiredService<DeadMessages>();
        if (retry)
        {
            var retried = await dead.RetryAsync(cancellationToken);
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The server tries {retried} again."));
            return 0;
        }

        var count = await dead.CountAsync(cancellationToken);
        foreach (var message in await dead.ListAsync(Shown, cancellationToken))
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{message.DueAt.UtcDateTime:yyyy-MM-dd HH:mm}  {message.Kind} {message.Subject}: {message.LastError} ({message.Attempts} attempts)"));
        if (count > Shown)
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"and {count - Shown} older ones"));
        Console.Out.WriteLine(count == 0 ? "None was given up." : "\"outbox --retry\" tries them again.");
        return 0;
    }
}
