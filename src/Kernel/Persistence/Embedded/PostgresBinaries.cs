using System.Globalization;
using System.Text.RegularExpressions;
using Maydon.Kernel.Operations;

namespace Maydon.Kernel.Persistence.Embedded;

/// <summary>One installed PostgreSQL.</summary>
internal sealed partial record PostgresBinaries(int Major, string Directory)
{
    public const int OldestMajor = 15;

    public string Initdb => Path.Combine(Directory, "initdb");
    public string Postgres => Path.Combine(Directory, "postgres");

    /// <summary>The newest that is new enough, or for an existing cluster the one of its own version: data files are not shared between versions.</summary>
    public static async Task<PostgresBinaries> ChooseAsync(int? clusterMajor, string cluster, CancellationToken cancellationToken)
    {
        var installed = await FindAsync(cancellationToken);
        if (clusterMajor is { } major)
        {
            return installed.Find(binaries => binaries.Major == major) ?? throw new OperatorException(
                $"The database in {cluster} was made by PostgreSQL {major}, and {Say(installed)}: install the package postgresql-{major}, or move the directory away to begin anew.");
        }

        return installed.Where(binaries => binaries.Major >= OldestMajor).MaxBy(binaries => binaries.Major) ?? throw new OperatorException(
            $"PostgreSQL {OldestMajor} or newer is needed, and {Say(installed)}: install the package postgresql, or set DATABASE_URL to use another server.");
    }

    private static string Say(List<PostgresBinaries> installed) =>
        installed.Count == 0 ? "none is installed here" : $"only {string.Join(", ", installed.Select(binaries => binaries.Major))} is installed here";

    private static async Task<List<PostgresBinaries>> FindAsync(CancellationToken cancellationToken)
    {
        var found = new List<PostgresBinaries>();
        // Debian and Ubuntu keep every version in a directory of its own and off the PATH.
        if (System.IO.Directory.Exists("/usr/lib/postgresql"))
        {
            foreach (var version in System.IO.Directory.GetDirectories("/usr/lib/postgresql"))
            {
                if (int.TryParse(Path.GetFileName(version), NumberStyles.None, CultureInfo.InvariantCulture, out var major) && IsComplete(Path.Combine(version, "bin")))
                    found.Add(new PostgresBinaries(major, Path.Combine(version, "bin")));
            }
        }

        var paths = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        if (paths.FirstOrDefault(IsComplete) is { } directory)
        {
            // A link would make the programs look for their own files beside it.
            var real = Path.GetDirectoryName(File.ResolveLinkTarget(Path.Combine(directory, "postgres"), returnFinalTarget: true)?.FullName) ?? directory;
            if (!found.Exists(binaries => binaries.Directory == real))
            {
                var (_, output, _) = await ExternalProgram.RunAsync(cancellationToken, Path.Combine(real, "postgres"), "--version");
                if (Version().Match(output) is { Success: true } match)
                    found.Add(new PostgresBinaries(int.Parse(match.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture), real));
            }
        }

        return [.. found.OrderBy(binaries => binaries.Major)];
    }

    private static bool IsComplete(string directory) => IsThere(Path.Combine(directory, "initdb")) && IsThere(Path.Combine(directory, "postgres"));

    /// <summary>A link to something that was uninstalled is not.</summary>
    private static bool IsThere(string file) => File.Exists(file) && File.ResolveLinkTarget(file, returnFinalTarget: true)?.Exists is not false;

    [GeneratedRegex(@"\d+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Version();
}
