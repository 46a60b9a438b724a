using System.CommandLine;
using System.Globalization;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Maydon.Running;

namespace Maydon.Commands;

/// <summary><c>serve</c>: the database, the schema, what a first start needs, then the server until it is told to stop.</summary>
internal static class ServeCommand
{
    public const string NoDemo = "--no-demo";

    public static Command Create()
    {
        var noDemo = new Option<bool>(NoDemo) { Description = "Leave out the demo data that a new database gets with DEBUG=True." };
        var command = new Command("serve", "Start the server, and the embedded database unless DATABASE_URL is set.") { noDemo };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetValue(noDemo), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(bool noDemo, CancellationToken cancellationToken)
    {
        try
        {
            return await ServeAsync(noDemo, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop while still starting: nothing is left behind, which is all a service manager asks.
            return 0;
        }
    }

    private static async Task<int> ServeAsync(bool noDemo, CancellationToken cancellationToken)
    {
        var settings = HostSettings.Load();
        using var logs = LoggerFactory.Create(logging => ConsoleLogs.Add(logging, settings));
        await using var database = await RunningDatabase.OpenForServerAsync(settings, logs.CreateLogger("Maydon.Database"), cancellationToken);
        await using var app = MaydonServer.Build(settings, database.Source, builder =>
        {
            ConsoleLogs.Add(builder.Logging, settings);
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                // A machine where things are tried out shows nothing to its network; production stands behind a proxy, maybe on another host.
                if (settings.Debug)
                    kestrel.ListenLocalhost(settings.Port);
                else
                    kestrel.ListenAnyIP(settings.Port);
            });
        });
        var applied = await app.Services.GetRequiredService<SchemaRunner>().ApplyAsync(cancellationToken);
        var firstStart = await FirstStart.RunAsync(app.Services, settings, isNew: applied.Contains("kernel/001_kernel.sql"), noDemo, cancellationToken);
        await StartAsync(app, settings, cancellationToken);
        PrintBanner(settings, firstStart);

        var stopped = app.WaitForShutdownAsync(cancellationToken);
        if (await Task.WhenAny(stopped, database.Failure) != stopped)
        {
            await app.StopAsync(CancellationToken.None);
            throw new OperatorException(await database.Failure);
        }

        await stopped;
        // Without a signal it was a background service that ended the host, and it has said why in the log.
        return cancellationToken.IsCancellationRequested ? 0 : 1;
    }

    private static async Task StartAsync(WebApplication app, MaydonSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new OperatorException(string.Create(CultureInfo.InvariantCulture, $"Port {settings.Port} is in use by another program: stop that, or set PORT to a free one."), e);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new OperatorException(string.Create(CultureInfo.InvariantCulture, $"Port {settings.Port} cannot be opened ({e.Message}): set PORT to one above 1023, or start with the right to open it."), e);
        }
    }

    private static void PrintBanner(MaydonSettings settings, IReadOnlyList<string> firstStart)
    {
        var address = settings.PublicUrl.AbsoluteUri.TrimEnd('/');
        Console.Out.WriteLine(string.Join('\n',
        [
            "",
            $"Maydon {Release.Version} is ready.",
            $"  Square             {address}/",
            $"  API documentation  {address}/swagger/",
            string.Create(CultureInfo.InvariantCulture, $"  Listening on       port {settings.Port}, {(settings.Debug ? "reachable from this machine only (DEBUG=True)" : "all addresses of this machine")}"),
            $"  Data               {(settings.DatabaseConnection is null ? settings.DataDir : "the external database; files in " + settings.DataDir)}",
            .. firstStart.Select(line => "  " + line),
            "Ctrl-C stops everything.",
            "",
        ]));
    }
}
