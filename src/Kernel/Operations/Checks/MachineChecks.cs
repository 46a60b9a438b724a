using System.ComponentModel;
using System.Globalization;
using Maydon.Kernel.Persistence.Embedded;
using Maydon.Kernel.Settings;

namespace Maydon.Kernel.Operations.Checks;

internal sealed class DiskCheck(MaydonSettings settings) : ICheck
{
    private const long Least = 500L * 1024 * 1024;

    public string Code => "disk.free";
    public Severity Severity => Severity.Error;
    public string? HealthKey => "disk";

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        var directory = new DirectoryInfo(settings.DataDir);
        while (!directory.Exists && directory.Parent is not null)
            directory = directory.Parent;
        var free = new DriveInfo(directory.FullName).AvailableFreeSpace;
        var found = string.Create(CultureInfo.InvariantCulture, $"{free / (1024 * 1024)} MB are free for the data directory.");
        return Task.FromResult(free >= Least ? CheckResult.Passed(found) : CheckResult.Failed(found, "Free some space or enlarge the disk: PostgreSQL stops when it is full."));
    }
}

internal sealed class MemoryCheck : ICheck
{
    private const long LeastKilobytes = 128 * 1024;

    public string Code => "memory.available";
    public Severity Severity => Severity.Warning;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        var line = (await File.ReadAllLinesAsync("/proc/meminfo", cancellationToken)).FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        if (line is null || !long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes))
            return CheckResult.Unknown("This system does not say how much memory is available.");
        var found = string.Create(CultureInfo.InvariantCulture, $"{kilobytes / 1024} MB of memory are available.");
        return kilobytes >= LeastKilobytes ? CheckResult.Passed(found) : CheckResult.Failed(found, "Stop what else runs here, or take a larger machine.");
    }
}

internal sealed class OpenFilesCheck : ICheck
{
    private const long Least = 4096;

    public string Code => "files.limit";
    public Severity Severity => Severity.Warning;
    public bool ForDeployment => true;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        // "Max open files            1024                 1048576              files": .NET raises the first to the second by itself.
        var line = (await File.ReadAllLinesAsync("/proc/self/limits", cancellationToken)).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var limit = line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        if (limit is null)
            return CheckResult.Unknown("This system does not say how many files may be open.");
        var found = $"{limit} files and connections may be open at once.";
        return limit == "unlimited" || long.Parse(limit, NumberStyles.None, CultureInfo.InvariantCulture) >= Least
            ? CheckResult.Passed(found)
            : CheckResult.Failed(found, "Raise it: LimitNOFILE=65536 in the systemd unit, or ulimit -n.");
    }
}

internal sealed class AccountCheck : ICheck
{
    public string Code => "process.account";
    public Severity Severity => Severity.Warning;
    public bool ForDeployment => true;

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => Task.FromResult(Environment.IsPrivilegedProcess
        ? CheckResult.Failed("The server runs as root.", "Run it as a user of its own: it needs no rights beyond its data directory.")
        : CheckResult.Passed("The server does not run as root."));
}

internal sealed class DataDirectoryCheck(MaydonSettings settings) : ICheck
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    public string Code => "data.private";
    public Severity Severity => Severity.Warning;

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(settings.DataDir))
            return Task.FromResult(CheckResult.Unknown($"{settings.DataDir} is not there yet."));
        if ((File.GetUnixFileMode(settings.DataDir) & Others) != UnixFileMode.None)
            return Task.FromResult(CheckResult.Failed($"Other users can look into or change {settings.DataDir}.", $"chmod o-rw,g-w {settings.DataDir}"));
        return Task.FromResult(SecretFile.Fault(SecretKey.FileIn(settings.DataDir)) ?? CheckResult.Passed("The data directory is closed to other users."));
    }
}

internal static class SecretFile
{
    /// <summary>Null when nobody but the owner can do anything with it, or when it is not there.</summary>
    public static CheckResult? Fault(string file) =>
        File.Exists(file) && (File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != UnixFileMode.None
            ? CheckResult.Failed($"Not only its owner can use {file}.", $"chmod 600 {file}")
            : null;
}

/// <summary>The <c>.env</c> of the working directory holds secrets.</summary>
internal sealed class EnvFileCheck : ICheck
{
    public string Code => "env.private";
    public Severity Severity => Severity.Error;
    public bool ForDeployment => true;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(Environment.CurrentDirectory, ".env");
        if (!File.Exists(file))
            return CheckResult.Passed("There is no .env: the settings come from the environment.");
        if (SecretFile.Fault(file) is { } fault)
            return fault;
        try
        {
            var (exitCode, _, _) = await ExternalProgram.RunAsync(cancellationToken, "git", "-C", Environment.CurrentDirectory, "ls-files", "--error-unmatch", ".env");
            return exitCode == 0
                ? CheckResult.Failed($"{file} is in git, and so are its secrets.", "git rm --cached .env, then change every secret in it: the history keeps the old ones.")
                : CheckResult.Passed(".env is readable by its owner alone and not in git.");
        }
        catch (OperatorException e) when (e.InnerException is Win32Exception)
        {
            return CheckResult.Unknown(".env is readable by its owner alone; without git nobody can say whether it is in a repository.");
        }
    }
}
