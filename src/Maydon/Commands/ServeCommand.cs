using System.CommandLine;
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
            // What the outbox gives a mail, and a little to write down that it went out: cut short, it would go out again.
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(75));
            builder.WebHost.ConfigureKestrel(kestrel => ListeningPort.Open(kestrel, settings));
        });
        var applied = await app.Services.GetRequiredService<SchemaRunner>().ApplyAsync(cancellationToken);
        var firstStart = await FirstStart.RunAsync(app.Services, settings, isNew: applied.Contains("kernel/001_kernel.sql"), noDemo, cancellationToken);
        await ListeningPort.StartAsync(app, settings, cancellationToken);
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

    private static void PrintBanner(MaydonSettings settings, IReadOnlyList<string> firstStart)
    {
        var address = settings.PublicUrl.AbsoluteUri.TrimEnd('/');
        Console.Out.WriteLine(string.Join('\n',
        [
            "",
            $"Maydon {Release.Version} is ready.",
            $"  Square             {address}/",
            $"  API documentation  {address}/swagger/",
            $"  Listening on       {ListeningPort.Describe(settings)}",
            $"  Data               {(settings.DatabaseConnection is null ? settings.DataDir : "the external database; files in " + settings.DataDir)}",
            .. settings.Debug ? [] : (string[])["  HTTPS              expected from a proxy in front that sends X-Forwarded-Proto: plain HTTP is redirected to https, health is not"],
            .. firstStart.Select(line => "  " + line),
            "Ctrl-C stops everything.",
            "",
        ]));
    }
}
