using System.Globalization;
using Maydon.Kernel.Operations;

namespace Maydon.Kernel.Persistence.Embedded;

/// <summary>
/// Who PostgreSQL runs as, since it refuses root: this process's own user, or for root the owner of the existing cluster,
/// else <c>postgres</c>, else <c>nobody</c>.
/// </summary>
internal sealed class PostgresAccount
{
    private readonly string[] _prefix;

    private PostgresAccount(string name, long? user, long? group)
    {
        (Name, User, Group) = (name, user, group);
        _prefix = user is null ? [] : ["setpriv", Invariant($"--reuid={user}"), Invariant($"--regid={group}"), "--clear-groups", "--"];
    }

    public string Name { get; }

    /// <summary>Null when PostgreSQL runs as this process's own user.</summary>
    public long? User { get; }

    public long? Group { get; }

    public static async Task<PostgresAccount> ChooseAsync(string cluster, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            return new PostgresAccount(Environment.UserName, null, null);
        var (exitCode, owner, _) = await ExternalProgram.RunAsync(cancellationToken, "stat", "-L", "-c", "%U:%u:%g", cluster);
        if (exitCode == 0 && owner.Split(':') is [var ownerName, not "0", _] parts)
            return Parse(ownerName, parts[1], parts[2]);
        foreach (var name in (string[])["postgres", "nobody"])
        {
            var (_, entry, _) = await ExternalProgram.RunAsync(cancellationToken, "getent", "passwd", name);
            if (entry.Split(':') is [_, _, var user, var group, ..])
                return Parse(name, user, group);
        }

        throw new OperatorException("PostgreSQL does not run as root and there is no user postgres to run it: install the package postgresql, or start the server as an ordinary user.");
    }

    /// <summary>The command as this account would run it.</summary>
    public string[] Run(params string[] command) => [.. _prefix, .. command];

    /// <summary>Makes the account the owner of what root has made for it; nothing to do otherwise.</summary>
    public async Task OwnAsync(string path, CancellationToken cancellationToken)
    {
        if (User is null)
            return;
        var (exitCode, _, error) = await ExternalProgram.RunAsync(cancellationToken, "chown", "-R", Invariant($"{User}:{Group}"), path);
        if (exitCode != 0)
            throw new OperatorException($"{path} cannot be given to the user {Name} ({error}): set DATA_DIR to a directory on a local disk.");
    }

    /// <summary>Whether the account can work in the directory: every parent must let it pass.</summary>
    public async Task<bool> CanUseAsync(string directory, CancellationToken cancellationToken) =>
        (await ExternalProgram.RunAsync(cancellationToken, Run("test", "-w", directory, "-a", "-x", directory))).ExitCode == 0;

    private static PostgresAccount Parse(string name, string user, string group) =>
        new(name, long.Parse(user, NumberStyles.None, CultureInfo.InvariantCulture), long.Parse(group, NumberStyles.None, CultureInfo.InvariantCulture));

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
