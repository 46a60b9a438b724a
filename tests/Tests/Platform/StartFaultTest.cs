using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Maydon.Tests.Support;

namespace Maydon.Tests.Platform;

/// <summary>What is wrong at the start stops it with exit code 1 and one sentence, without a stack trace.</summary>
public sealed class StartFaultTest(PreparedData data)
{
    [Theory]
    [InlineData("DEBUG", "False", "SECRET_KEY is not set: set at least 50 random characters")]
    [InlineData("MODULES", "events,casino", "MODULES has \"casino\", which this release does not know: choose from events, shop, catalog.")]
    [InlineData("DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/square", "The database square at 127.0.0.1:1 cannot be reached as me (")]
    public async Task A_wrong_setting_stops_the_start(string name, string value, string sentence)
    {
        await using var server = data.Empty();
        await AssertRefusedAsync(server.With((name, value)), sentence);
        Assert.False(Directory.Exists(Path.Combine(server.DataDir, "postgres")));
    }

    [Fact]
    public async Task Several_faults_are_told_at_once()
    {
        await using var server = data.Empty();
        var (exitCode, output) = await server.With(("DEBUG", "False"), ("SECRET_KEY", "short"), ("PORT", "none")).RunAsync("serve");
        Assert.Equal(1, exitCode);
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("SECRET_KEY has 5 characters: set at least 50", lines[0]);
        Assert.Equal("PORT is \"none\": set it to a whole number from 1 to 65535.", lines[1]);
    }

    [Fact]
    public async Task A_port_that_is_taken_stops_the_start()
    {
        await using var server = await data.CopyAsync();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        await AssertRefusedAsync(server.With(("PORT", port)), $"Port {port} is in use by another program: stop that, or set PORT to a free one.");
        Assert.Empty(server.FindProcesses());
    }

    [Fact]
    public async Task A_data_directory_that_is_in_use_stops_the_start_and_the_first_server_goes_on()
    {
        await using var server = await data.CopyAsync();
        await server.StartAsync();
        var holder = server.ProcessId;
        await AssertRefusedAsync(server.With(("PORT", "1025")), $"The data directory {server.DataDir} is in use by maydon serve (process {holder}): stop that first, or set DATA_DIR to another directory.");
        Assert.Equal("healthy", await server.ReadHealthAsync());
    }

    [Fact]
    public async Task A_cluster_of_another_version_is_refused_and_left_alone()
    {
        await using var server = await data.CopyAsync();
        var version = Path.Combine(server.DataDir, "postgres", "cluster", "PG_VERSION");
        await File.WriteAllTextAsync(version, "9\n");
        await AssertRefusedAsync(server, $"The database in {Path.GetDirectoryName(version)} was made by PostgreSQL 9, and only ");
        Assert.Equal("9\n", await File.ReadAllTextAsync(version));
    }

    [Fact]
    public async Task A_file_in_the_place_of_the_data_directory_stops_the_start()
    {
        await using var server = data.Empty();
        await File.WriteAllTextAsync(server.DataDir, "a file where the directory should be");
        await AssertRefusedAsync(server, $"DATA_DIR is {server.DataDir}, which is not a directory: ");
    }

    [Fact]
    public async Task An_unknown_command_is_refused_by_name()
    {
        await using var server = data.Empty();
        var (exitCode, output) = await server.RunAsync("nosuchthing");
        Assert.Equal((1, "Unrecognized command or argument 'nosuchthing'."), (exitCode, output.Trim()));
    }

    private static async Task AssertRefusedAsync(ServerProcess server, string sentence)
    {
        var (exitCode, output) = await server.RunAsync("serve", "--no-demo");
        Assert.StartsWith(sentence, output);
        Assert.Single(output.TrimEnd().Split('\n'));
        Assert.Equal(1, exitCode);
    }
}
