using System.Diagnostics;
using Maydon.Tests.Support;

[assembly: AssemblyFixture(typeof(Maydon.Tests.Platform.PreparedData))]

namespace Maydon.Tests.Platform;

/// <summary>
/// Data directories for real servers with their own PostgreSQL. A first start is made once, when a test first asks, and copied for the others.
/// </summary>
public sealed class PreparedData : IAsyncLifetime
{
    public const string AdminPassword = "Correct-horse-7";

    private readonly string _root = MakeDirectory();
    private readonly Lazy<Task<string>> _first;

    public PreparedData() => _first = new Lazy<Task<string>>(MakeFirstAsync);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A server over data as a first start leaves it; not running yet.</summary>
    internal async Task<ServerProcess> CopyAsync()
    {
        var directory = Directory.CreateDirectory(Path.Combine(_root, Path.GetRandomFileName())).FullName;
        await RunAsync("cp", "-a", Path.Combine(await _first.Value, "data"), directory);
        return Server(directory);
    }

    /// <summary>A server over nothing; not running yet.</summary>
    internal ServerProcess Empty() => Server(Directory.CreateDirectory(Path.Combine(_root, Path.GetRandomFileName())).FullName);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    internal static async Task RunAsync(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { UseShellExecute = false })!;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private async Task<string> MakeFirstAsync()
    {
        var directory = Directory.CreateDirectory(Path.Combine(_root, "first")).FullName;
        await using var server = Server(directory);
        await server.StartAsync();
        var (exitCode, output) = await server.RunAsync("changepassword", "admin", "--password", AdminPassword);
        Assert.True(exitCode == 0, output);
        return directory;
    }

    private static ServerProcess Server(string directory) =>
        new("server", directory, new Dictionary<string, string> { ["DEBUG"] = "True", ["DATA_DIR"] = Path.Combine(directory, "data") });

    // PostgreSQL runs as another user when we are root.
    private static string MakeDirectory()
    {
        var directory = Directory.CreateTempSubdirectory("maydon-servers-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        return directory;
    }
}
