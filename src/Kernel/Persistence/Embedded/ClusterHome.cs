using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Maydon.Kernel.Operations;

namespace Maydon.Kernel.Persistence.Embedded;

/// <summary>The directory that holds a cluster and its socket, made and owned so that the account that runs PostgreSQL can work in it and nobody else can enter.</summary>
internal sealed record ClusterHome(string Directory, string Cluster, string Socket)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // sizeof(sockaddr_un.sun_path) less the closing NUL.
    private const int LongestSocketPath = 107;

    // Where a cluster goes that root keeps below a directory which no other user can enter, such as /root.
    private const string PrivateLocation = "/var/lib/maydon";

    /// <summary>The paths alone, as a command needs them to reach the cluster of a running server.</summary>
    public static ClusterHome At(string directory)
    {
        var real = new DirectoryInfo(directory).LinkTarget ?? Path.GetFullPath(directory);
        var socket = Path.Combine(real, "socket");
        if (Encoding.UTF8.GetByteCount(Path.Combine(socket, ".s.PGSQL.5432")) > LongestSocketPath)
            socket = "/tmp/maydon-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(real)))[..16];
        return new ClusterHome(real, Path.Combine(real, "cluster"), socket);
    }

    public static async Task<ClusterHome> PrepareAsync(string directory, PostgresAccount account, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            var isNew = !System.IO.Directory.Exists(directory);
            if (isNew)
                System.IO.Directory.CreateDirectory(directory, Private);
            var home = At(directory);
            System.IO.Directory.GetFileSystemEntries(home.Directory);
            if (account.User is not null)
                home = await HandOverAsync(home, directory, isNew, account, logger, cancellationToken);
            return home;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"The directory {directory} of the embedded database cannot be used by {Environment.UserName} ({e.Message.TrimEnd('.')}): "
                + "start the server as the user who owns it, or set DATA_DIR to another directory.", e);
        }
    }

    private static async Task<ClusterHome> HandOverAsync(ClusterHome home, string directory, bool isNew, PostgresAccount account, ILogger logger, CancellationToken cancellationToken)
    {
        var (_, owner, _) = await ExternalProgram.RunAsync(cancellationToken, "stat", "-c", "%u", home.Directory);
        if (owner != account.User!.Value.ToString(CultureInfo.InvariantCulture))
            await account.OwnAsync(home.Directory, cancellationToken);
        if (await account.CanUseAsync(home.Directory, cancellationToken))
            return home;
        if (!isNew)
        {
            throw new OperatorException($"PostgreSQL runs as the user {account.Name}, who cannot reach {home.Directory}: "
                + "let others pass through its parent directories (chmod o+x), or set DATA_DIR to a directory outside of them.");
        }

        System.IO.Directory.CreateDirectory(PrivateLocation);
        // Not by CreateDirectory, which heeds the umask.
        File.SetUnixFileMode(PrivateLocation, Private | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var location = Path.Combine(PrivateLocation, "postgres-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));
        System.IO.Directory.CreateDirectory(location, Private);
        await account.OwnAsync(location, cancellationToken);
        if (!await account.CanUseAsync(location, cancellationToken))
            throw new OperatorException($"PostgreSQL runs as the user {account.Name}, who can reach neither {directory} nor {location}: set DATA_DIR to a directory that every user may pass through.");
        System.IO.Directory.Delete(directory);
        System.IO.Directory.CreateSymbolicLink(directory, location);
        logger.LogInformation("The database is kept in {Location}: PostgreSQL runs as the user {User}, who is not let into {Directory}, which is now a link to that place", location, account.Name, directory);
        return At(directory);
    }

    /// <summary>Only while no postmaster runs: what lies in the socket's directory is then left from one that was killed.</summary>
    public async Task PrepareSocketAsync(PostgresAccount account, CancellationToken cancellationToken)
    {
        if (!System.IO.Directory.Exists(Socket))
        {
            System.IO.Directory.CreateDirectory(Socket, Private);
            await account.OwnAsync(Socket, cancellationToken);
        }

        if (!Socket.StartsWith(Directory + "/", StringComparison.Ordinal))
        {
            // Anybody can make directories in /tmp: a stranger's would let the stranger answer for the database.
            var expected = account.User?.ToString(CultureInfo.InvariantCulture) ?? (await ExternalProgram.RunAsync(cancellationToken, "id", "-u")).Output;
            var (_, found, _) = await ExternalProgram.RunAsync(cancellationToken, "stat", "-c", "%F:%u:%a", Socket);
            if (found != $"directory:{expected}:700")
                throw new OperatorException($"{Socket} is not a private directory of {account.Name}: remove it, or set DATA_DIR to a shorter path.");
        }

        foreach (var stale in System.IO.Directory.GetFiles(Socket, ".s.PGSQL.*"))
            File.Delete(stale);
    }
}
