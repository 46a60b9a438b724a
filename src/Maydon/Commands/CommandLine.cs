using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Maydon.Commands.Accounts;
using Maydon.Kernel.Operations;
using Maydon.Running;
using Npgsql;

namespace Maydon.Commands;

/// <summary><c>maydon COMMAND</c>; without one it serves. Exit code 0 when done, 1 when refused or failed, 128 + signal when interrupted.</summary>
internal static class CommandLine
{
    /// <summary>How the program is started here, when by a script of another name.</summary>
    private const string CalledAs = "MAYDON_CALLED_AS";

    public static async Task<int> RunAsync(string[] args)
    {
        // Not a RootCommand: that one is called what its file is called, and not what people type.
        var root = new Command(
            Environment.GetEnvironmentVariable(CalledAs) is { Length: > 0 } called ? called : "maydon",
            "Maydon: one server for events, a shop and a catalogue that other systems follow, on PostgreSQL.\nWithout a command it serves; --no-demo leaves out the demo data that a new database gets with DEBUG=True.")
        {
            new HelpOption(),
            new VersionOption(),
            ServeCommand.Create(),
            MigrateCommand.Create(),
            CreateSuperuserCommand.Create(),
            ChangePasswordCommand.Create(),
            GroupCommand.Create(),
            CreateServiceAccountCommand.Create(),
            ApiKeyCommand.Create(),
            DemoCommand.Create(),
            CheckCommand.Create(),
            VerifyCommand.Create(),
            OutboxCommand.Create(),
            SendTestMailCommand.Create(),
            RoutesCommand.Create(),
            ExportOpenApiCommand.Create(),
        };
        // Without an action of its own it would complain that a command is missing when one is misspelt.
        root.SetAction(_ => 1);
        // What follows the program's name may be the options of serve alone.
        var commandLine = args.Length == 0 || args[0] == ServeCommand.NoDemo ? ["serve", .. args] : args;
        using var signals = new TerminationSignals();
        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            var parsed = root.Parse(commandLine);
            if (parsed.Action is ParseErrorAction mistake)
                mistake.ShowHelp = false;
            return await parsed.InvokeAsync(configuration, signals.Token);
        }
        catch (OperatorException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (NpgsqlException e)
        {
            var refused = e as PostgresException;
            await Console.Error.WriteLineAsync($"The database refused: {refused?.MessageText ?? e.InnerException?.Message ?? e.Message}{(refused?.Hint is { } hint ? $". {hint}" : "")}");
            return 1;
        }
        catch (OperationCanceledException) when (signals.ExitCode is not null)
        {
            return signals.ExitCode.Value;
        }
    }
}
