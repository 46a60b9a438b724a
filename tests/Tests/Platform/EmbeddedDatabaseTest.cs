using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Maydon.Tests.Support;

namespace Maydon.Tests.Platform;

/// <summary>The server and its own PostgreSQL live and die together, whatever kills them.</summary>
public sealed class EmbeddedDatabaseTest(PreparedData data)
{
    [Fact]
    public async Task The_first_start_shows_one_admin_once_and_a_stop_leaves_nothing_running()
    {
        await using var server = data.Empty();
        await server.StartAsync();
        var banner = Regex.Match(await server.ReadLogAsync(), "Admin account +(?<email>[^ ,]+), password (?<password>[^ ]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await SignInAsync(server, banner.Groups["email"].Value, banner.Groups["password"].Value));
        Assert.NotEmpty(server.FindProcesses());

        await server.TerminateAsync();
        Assert.Empty(server.FindProcesses());
        Assert.False(File.Exists(Path.Combine(server.DataDir, "postgres", "cluster", "postmaster.pid")));

        File.Delete(server.LogFile);
        await server.StartAsync();
        Assert.DoesNotContain("Admin account", await server.ReadLogAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await SignInAsync(server, banner.Groups["email"].Value, banner.Groups["password"].Value));
    }

    [Fact]
    public async Task After_a_kill_the_next_start_takes_over_and_nothing_is_lost()
    {
        await using var server = await data.CopyAsync();
        await server.StartAsync();
        var (made, output) = await server.RunAsync("createsuperuser", "--email", "second@example.org", "--password", PreparedData.AdminPassword);
        Assert.True(made == 0, output);
        await server.KillAsync();
        var orphan = server.ReadPostmasterId();
        Assert.Contains(orphan, server.FindProcesses());

        await server.StartAsync();
        Assert.DoesNotContain(orphan, server.FindProcesses());
        Assert.Equal(HttpStatusCode.OK, await SignInAsync(server, "second@example.org", PreparedData.AdminPassword));
        await server.TerminateAsync();
        Assert.Empty(server.FindProcesses());
    }

    [Fact]
    public async Task After_a_kill_of_both_the_database_recovers_even_when_its_number_was_given_away()
    {
        await using var server = await data.CopyAsync();
        await server.StartAsync();
        await server.KillAsync();
        var pid = server.ReadPostmasterId();
        await PreparedData.RunAsync("/bin/sh", "-c", $"kill -KILL {pid}");
        await server.WaitForNoProcessAsync();

        // The file of the dead postmaster now names a living process that has nothing to do with it, of the same user: PostgreSQL
        // takes that for its predecessor.
        var file = Path.Combine(server.DataDir, "postgres", "cluster", "postmaster.pid");
        using var stranger = Process.Start(Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("/bin/sh", ["-c", $"exec setpriv --reuid=$(stat -c %u {file}) --regid=$(stat -c %g {file}) --clear-groups sleep 300"])
            : new ProcessStartInfo("sleep", "300"))!;
        var lines = await File.ReadAllLinesAsync(file);
        lines[0] = stranger.Id.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(file, lines);
        await server.StartAsync();
        Assert.Equal(HttpStatusCode.OK, await SignInAsync(server, "admin@127.0.0.1", PreparedData.AdminPassword));
        Assert.False(stranger.HasExited);
        stranger.Kill();
        await stranger.WaitForExitAsync();
    }

    [Fact]
    public async Task A_cluster_that_was_only_half_made_is_set_aside_and_made_anew()
    {
        await using var server = data.Empty();
        var postgres = Path.Combine(server.DataDir, "postgres");
        Directory.CreateDirectory(Path.Combine(postgres, "cluster.new-0badc0de", "base"));
        Directory.CreateDirectory(Path.Combine(postgres, "cluster", "base"));
        await File.WriteAllTextAsync(Path.Combine(postgres, "cluster", "PG_VERSION"), "15\n");
        await server.StartAsync();
        Assert.Equal("healthy", await server.ReadHealthAsync());
        Assert.False(Directory.Exists(Path.Combine(postgres, "cluster.new-0badc0de")));
        Assert.True(File.Exists(Path.Combine(Assert.Single(Directory.GetDirectories(postgres, "cluster.broken-*")), "PG_VERSION")));
    }

    [Fact]
    public async Task A_database_that_dies_under_the_server_is_started_again()
    {
        await using var server = await data.CopyAsync();
        await server.StartAsync();
        var first = server.ReadPostmasterId();
        await PreparedData.RunAsync("/bin/sh", "-c", $"kill -KILL {first}");
        var since = Stopwatch.GetTimestamp();
        HttpStatusCode status;
        while ((status = await SignInAsync(server, "admin@127.0.0.1", PreparedData.AdminPassword)) != HttpStatusCode.OK && Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(30))
            await Task.Delay(100);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotEqual(first, server.ReadPostmasterId());
    }

    [Fact]
    public async Task Commands_work_beside_a_running_server_and_without_one()
    {
        await using var server = await data.CopyAsync();
        var (alone, output) = await server.RunAsync("verify");
        Assert.True(alone == 0, output);
        Assert.Empty(server.FindProcesses());
        await server.StartAsync();
        var both = await Task.WhenAll(server.RunAsync("migrate", "--plan"), server.RunAsync("check"));
        Assert.Equal((0, "The schema is up to date."), (both[0].ExitCode, both[0].Output.Trim()));
        Assert.True(both[1].ExitCode == 0, both[1].Output);
        Assert.Equal("healthy", await server.ReadHealthAsync());
    }

    [Fact]
    public async Task Root_keeps_the_cluster_where_the_user_of_postgres_can_reach_it()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root starts PostgreSQL as another user.");
        await using var server = data.Empty();
        File.SetUnixFileMode(Path.GetDirectoryName(server.DataDir)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await server.StartAsync();
        var location = new DirectoryInfo(Path.Combine(server.DataDir, "postgres")).LinkTarget;
        Assert.StartsWith("/var/lib/maydon/postgres-", location);
        await server.TerminateAsync();
        Directory.Delete(location!, recursive: true);
    }

    private static async Task<HttpStatusCode> SignInAsync(ServerProcess server, string email, string password)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        using var answer = await client.PostAsJsonAsync(new Uri("/auth/login", UriKind.Relative), new { email, password });
        return answer.StatusCode;
    }
}
