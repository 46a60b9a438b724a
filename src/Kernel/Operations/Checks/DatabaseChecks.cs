using System.Diagnostics;
using System.Globalization;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Persistence.Embedded;
using Maydon.Kernel.Settings;
using Npgsql;

namespace Maydon.Kernel.Operations.Checks;

internal sealed class DatabaseReachableCheck(NpgsqlDataSource database) : ICheck
{
    public string Code => "database.reachable";
    public Severity Severity => Severity.Error;
    public string? HealthKey => "database";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        try
        {
            await using var command = database.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return CheckResult.Passed(string.Create(CultureInfo.InvariantCulture, $"The database answers in {Stopwatch.GetElapsedTime(since).TotalMilliseconds:0} ms."));
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            return CheckResult.Failed("The database does not answer.", "Start PostgreSQL and check DATABASE_URL; the server's log has the reason.");
        }
    }
}

internal sealed class DatabaseVersionCheck(NpgsqlDataSource database) : ICheck
{
    public string Code => "database.version";
    public Severity Severity => Severity.Error;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var version = connection.PostgreSqlVersion;
        return version.Major >= PostgresBinaries.OldestMajor
            ? CheckResult.Passed($"PostgreSQL is {version}.")
            : CheckResult.Failed($"PostgreSQL is {version}.", $"Move the database to PostgreSQL {PostgresBinaries.OldestMajor} or newer.");
    }
}

internal sealed class DatabaseSchemaCheck(SchemaRunner schema) : ICheck
{
    public string Code => "database.schema";
    public Severity Severity => Severity.Error;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var missing = await schema.PlanAsync(cancellationToken);
            return missing.Count == 0
                ? CheckResult.Passed("The schema is that of this release.")
                : CheckResult.Failed($"The schema lacks {string.Join(", ", missing)}.", "Run \"migrate\", or start the server, which does so by itself.");
        }
        catch (SchemaEditedException e)
        {
            return CheckResult.Failed(e.Message, "Use the release that made the database, or move the data.");
        }
    }
}

internal sealed class DatabaseDurabilityCheck(NpgsqlDataSource database) : ICheck
{
    public string Code => "database.durability";
    public Severity Severity => Severity.Error;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select name from pg_settings where (name in ('fsync', 'full_page_writes') or name = 'synchronous_commit') and setting = 'off' order by name");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var off = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            off.Add(reader.GetString(0));
        return off.Count == 0
            ? CheckResult.Passed("A commit is on the disk before it is answered.")
            : CheckResult.Failed($"PostgreSQL runs with {string.Join(" and ", off)} off: a power cut loses what was answered.", "Switch it on in postgresql.conf.");
    }
}

internal sealed class DatabaseRoleCheck(NpgsqlDataSource database, MaydonSettings settings) : ICheck
{
    public string Code => "database.role";
    public Severity Severity => Severity.Warning;
    public bool ForDeployment => true;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (settings.DatabaseConnection is null)
            return CheckResult.Passed("The embedded database is reached by its own server alone, through a private socket.");
        await using var command = database.CreateCommand("select rolsuper from pg_roles where rolname = current_user");
        return await command.ExecuteScalarAsync(cancellationToken) is true
            ? CheckResult.Failed("The server signs in to the database as a superuser.", "Make a role that owns this database and nothing else, and name it in DATABASE_URL.")
            : CheckResult.Passed("The database role is no superuser.");
    }
}

internal sealed class DatabaseClockCheck(NpgsqlDataSource database, TimeProvider clock) : ICheck
{
    private static readonly TimeSpan s_tolerance = TimeSpan.FromSeconds(5);

    public string Code => "database.clock";
    public Severity Severity => Severity.Warning;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select clock_timestamp()", connection);
        var theirs = (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;
        var difference = clock.Now().UtcDateTime - theirs.ToUniversalTime();
        return difference.Duration() <= s_tolerance
            ? CheckResult.Passed("The clocks of server and database agree.")
            : CheckResult.Failed(string.Create(CultureInfo.InvariantCulture, $"The clocks of server and database differ by {difference.Duration().TotalSeconds:0} seconds."), "Run a time service (systemd-timesyncd or chrony) on both machines.");
    }
}
