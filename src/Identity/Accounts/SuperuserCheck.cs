using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Identity.Accounts;

/// <summary>Without one nobody can make staff or give roles, and only the command line helps.</summary>
internal sealed class SuperuserCheck(NpgsqlDataSource database) : ICheck
{
    public string Code => "accounts.superuser";
    public Severity Severity => Severity.Error;
    public bool ForDeployment => true;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select exists (select from identity.users where is_superuser and is_active and password_hash is not null)");
        return await command.ExecuteScalarAsync(cancellationToken) is true
            ? CheckResult.Passed("There is a superuser who can sign in.")
            : CheckResult.Failed("There is no superuser who can sign in.", "Run \"createsuperuser\", or \"changepassword\" for one without a password.");
    }
}
