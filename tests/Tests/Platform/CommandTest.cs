using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Maydon.Kernel.Persistence;
using Maydon.Tests.Support;
using Npgsql;

namespace Maydon.Tests.Platform;

/// <summary>The command line, beside a running server: what it says and with which exit code.</summary>
public sealed class CommandTest(PreparedData data) : IAsyncLifetime
{
    private ServerProcess _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await data.CopyAsync();
        await _server.StartAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Accounts_are_made_and_changed_only_by_the_rules()
    {
        await AssertAsync(1, "password: ", "createsuperuser", "--email", "boss@example.org", "--password", "12345678");
        await AssertAsync(1, "email: ", "createsuperuser", "--email", "nonsense", "--password", PreparedData.AdminPassword);
        await AssertAsync(0, "Superuser boss@example.org was made", "createsuperuser", "--email", "boss@example.org", "--password", PreparedData.AdminPassword);
        Assert.EndsWith(", language uz-Cyrl).", (await _server.RunAsync("createsuperuser", "--email", "boss2@example.org", "--language", "uz-Cyrl", "--password", PreparedData.AdminPassword)).Output.TrimEnd(), StringComparison.Ordinal);
        var russian = _server.With(("LC_ALL", ""), ("LANG", "ru_RU.UTF-8"));
        Assert.EndsWith(", language ru).", (await russian.RunAsync("createsuperuser", "--email", "boss4@example.org", "--password", PreparedData.AdminPassword)).Output.TrimEnd(), StringComparison.Ordinal);
        await AssertAsync(1, "language: ", "createsuperuser", "--email", "boss3@example.org", "--language", "fr", "--password", PreparedData.AdminPassword);
        await AssertAsync(1, "email: ", "createsuperuser", "--email", "BOSS@example.org", "--password", PreparedData.AdminPassword);
        await AssertAsync(0, "The password of boss@example.org was changed.", "changepassword", "boss@example.org", "--password", PreparedData.AdminPassword + "8");
        Assert.Equal(1, (await _server.RunAsync("changepassword", "nobody@example.org", "--password", PreparedData.AdminPassword)).ExitCode);
    }

    [Fact]
    public async Task Programs_get_an_account_and_keys()
    {
        await AssertAsync(0, "Permissions there are: ", "group");
        await AssertAsync(1, "permissions: ", "group", "erp", "nonsense");
        await AssertAsync(1, "groups: ", "createserviceaccount", "erp", "--group", "erp");
        await AssertAsync(1, "--days", "apikey", "create", "erp", "import", "--days", "0");
        await AssertAsync(1, "There is no such API key", "apikey", "revoke", "1");

        // As the API guide has it: two commands, and the ERP writes items.
        await AssertAsync(0, "Members of erp may catalog.add_nomenklatura, ", "group", "erp", "catalog.nomenklatura", "catalog.view_project");
        var (made, said) = await _server.RunAsync("createserviceaccount", "erp", "--group", "erp");
        Assert.True(made == 0, said);
        using var client = new HttpClient { BaseAddress = _server.Address };
        using var token = await client.PostAsJsonAsync("/api/token/", new { username = "erp", password = said.Split("password ")[1].Split(' ')[0] });
        client.DefaultRequestHeaders.Authorization = new("Bearer", (await token.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access").GetString());
        Assert.Equal(HttpStatusCode.Created, (await client.PostAsJsonAsync("/api/v1/nomenklatura/", new { code_1c = "1", name = "Chair" })).StatusCode);

        var (keyMade, key) = await _server.RunAsync("apikey", "create", "erp", "import", "--scope", "catalog.change_nomenklatura");
        Assert.True(keyMade == 0, key);
        client.DefaultRequestHeaders.Authorization = new("Api-Key", key.Split(' ')[0]);
        Assert.Equal(HttpStatusCode.OK, (await client.PatchAsJsonAsync("/api/v1/nomenklatura/1/", new { name = "Table" })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.DeleteAsync(new Uri("/api/v1/nomenklatura/1/", UriKind.Relative))).StatusCode);
        var (listed, list) = await _server.RunAsync("apikey", "list");
        Assert.Equal(0, listed);
        await AssertAsync(0, "The key was revoked.", "apikey", "revoke", list.Trim().Split(' ')[0]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri("/api/v1/nomenklatura/1/", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task The_demo_is_loaded_once_and_everything_holds_after()
    {
        Assert.Equal(0, (await _server.RunAsync("demo")).ExitCode);
        await AssertAsync(0, "The demo data was there already.", "demo");
        var (exitCode, output) = await _server.RunAsync("verify");
        Assert.True(exitCode == 0, output);
        Assert.NotEmpty(output);
        Assert.All(output.TrimEnd().Split('\n'), line => Assert.StartsWith("ok ", line));
    }

    [Fact]
    public async Task What_programs_read_is_json_alone()
    {
        var (exitCode, output) = await _server.RunAsync("check", "--json", "--deploy");
        Assert.Equal(1, exitCode);
        var checks = JsonDocument.Parse(output).RootElement.EnumerateArray().ToDictionary(check => check.GetProperty("code").GetString()!);
        Assert.Equal("failed", checks["settings.debug"].GetProperty("status").GetString());
        Assert.Equal("error", checks["settings.debug"].GetProperty("severity").GetString());
        Assert.Equal("Set DEBUG=False.", checks["settings.debug"].GetProperty("mend").GetString());
        Assert.Equal("passed", checks["database.durability"].GetProperty("status").GetString());
        Assert.Equal("passed", checks["accounts.superuser"].GetProperty("status").GetString());

        var (exported, document) = await _server.RunAsync("export-openapi");
        Assert.Equal(0, exported);
        Assert.True(JsonDocument.Parse(document).RootElement.GetProperty("paths").TryGetProperty("/health", out _));
    }

    [Fact]
    public async Task A_file_of_settings_is_for_its_owner_alone()
    {
        var file = Path.Combine(Path.GetDirectoryName(_server.DataDir)!, ".env");
        await File.WriteAllTextAsync(file, "LOG_LEVEL=Warning");
        foreach (var (mode, status) in new[] { ((UnixFileMode)0b110_000_000, "passed"), ((UnixFileMode)0b110_100_000, "failed"), ((UnixFileMode)0b110_000_100, "failed") })
        {
            File.SetUnixFileMode(file, mode);
            var (_, output) = await _server.RunAsync("check", "--json", "--deploy");
            Assert.Equal(status, JsonDocument.Parse(output).RootElement.EnumerateArray().Single(check => check.GetProperty("code").GetString() == "env.private").GetProperty("status").GetString());
        }
    }

    [Fact]
    public async Task Mails_that_were_given_up_are_listed_and_tried_again()
    {
        await AssertAsync(0, "None was given up.", "outbox");
        await using (var database = NpgsqlDataSource.Create(EmbeddedPostgres.ConnectionStringFor(Path.Combine(_server.DataDir, "postgres"))))
        await using (var command = database.CreateCommand("""
            insert into kernel.outbox (kind, subject, payload, due_at, state, attempts, last_error)
            select 'of.another-release', n::text, '{}', '2026-01-02 03:04:05Z', 'dead', 16, 'SmtpException: no route' from generate_series(1, 52) n
            """))
        {
            await command.ExecuteNonQueryAsync();
        }

        var (exitCode, output) = await _server.RunAsync("outbox");
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal((0, 52), (exitCode, lines.Length));
        Assert.Equal("2026-01-02 03:04  of.another-release 52: SmtpException: no route (16 attempts)", lines[0]);
        Assert.Equal(["and 2 older ones", "\"outbox --retry\" tries them again."], lines[^2..]);
        await AssertAsync(0, "The server tries 52 again.", "outbox", "--retry");
        await AssertAsync(0, "None was given up.", "outbox");
    }

    [Fact]
    public async Task What_needs_no_database_is_done_without_one()
    {
        var alone = data.Empty();
        var (exitCode, routes) = await alone.RunAsync("routes");
        Assert.Equal(0, exitCode);
        Assert.Matches(@"(?m)^GET +/health/ +anyone +Is the server up\?", routes);
        Assert.DoesNotContain("HEAD", routes, StringComparison.Ordinal);
        Assert.DoesNotContain(":long", routes, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^POST +/api/events/\{id\}/register/ +signed in ", routes);
        Assert.Matches(@"(?m)^POST +/auth/login/? +anyone", routes);
        Assert.Equal(0, (await alone.RunAsync("send-test-mail", "somebody@example.org")).ExitCode);
        Assert.Contains("To: somebody@example.org", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Path.Combine(alone.DataDir, "mail")))), StringComparison.Ordinal);
        Assert.Equal((1, "\"nobody\" is not a mail address."), Trim(await alone.RunAsync("send-test-mail", "nobody")));
        var (helped, help) = await alone.RunAsync("--help");
        Assert.Equal(0, helped);
        foreach (var expected in new[] { "events, a shop and a catalogue", "--no-demo", "  maydon [command] [options]", "--version", "createsuperuser" })
            Assert.Contains(expected, help, StringComparison.Ordinal);
        Assert.Contains("  ./run createsuperuser [options]", (await alone.With(("MAYDON_CALLED_AS", "./run")).RunAsync("createsuperuser", "--help")).Output, StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+\.\d+", (await alone.RunAsync("--version")).Output);
        Assert.False(Directory.Exists(Path.Combine(alone.DataDir, "postgres")));
    }

    private static (int ExitCode, string Output) Trim((int ExitCode, string Output) result) => (result.ExitCode, result.Output.Trim());

    private async Task AssertAsync(int exitCode, string start, params string[] command)
    {
        var result = await _server.RunAsync(command);
        Assert.StartsWith(start, result.Output);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Single(result.Output.TrimEnd().Split('\n'));
    }
}
