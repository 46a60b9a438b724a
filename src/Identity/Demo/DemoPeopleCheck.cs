using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Identity.Demo;

/// <summary>People of the demo among real ones: they have announced events, written reviews and are counted.</summary>
internal sealed class DemoPeopleCheck(NpgsqlDataSource database) : ICheck
{
    public string Code => "accounts.demo";
    public Severity Severity => Severity.Warning;
    public bool ForDeployment => true;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select exists (select from identity.users where email like '%' || $1)");
        command.Parameters.Add(new() { Value = DemoAddress.Ending });
        return await command.ExecuteScalarAsync(cancellationToken) is true
            ? CheckResult.Failed(
                $"Accounts of the demo (…{DemoAddress.Ending}) are in the database, with what they have announced and reviewed.",
                "Start with a new database: DATABASE_URL, or another DATA_DIR. It gets no demo data with DEBUG=False.")
            : CheckResult.Passed("There are no accounts of the demo.");
    }
}
