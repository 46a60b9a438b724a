using System.Globalization;

namespace Maydon.Bench.Load;

/// <summary>The processor time that the server and the database have used so far, in seconds.</summary>
internal sealed record CpuTime(double Server, double Database)
{
    // USER_HZ, which is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    public static CpuTime Now(BenchServer server, BenchDatabase database)
    {
        var processes = Directory.GetDirectories("/proc").Select(directory => int.TryParse(Path.GetFileName(directory), out var id) ? Read(id) : null).OfType<Entry>().ToList();
        var postmaster = processes.Where(entry => entry.Command.Contains(database.Directory, StringComparison.Ordinal)).Select(entry => entry.Id).ToHashSet();
        return new CpuTime(
            processes.Where(entry => entry.Id == server.ProcessId).Sum(entry => entry.Seconds),
            processes.Where(entry => postmaster.Contains(entry.Id) || postmaster.Contains(entry.Parent)).Sum(entry => entry.Seconds));
    }

    /// <summary>What one piece of work has cost since <paramref name="before"/>.</summary>
    public string Per(CpuTime before, long work) => string.Create(
        CultureInfo.InvariantCulture, $"server {(Server - before.Server) * 1e6 / work:0} µs and PostgreSQL {(Database - before.Database) * 1e6 / work:0} µs of a core each");

    private static Entry? Read(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            return new Entry(id, int.Parse(fields[1], CultureInfo.InvariantCulture), ticks / TicksPerSecond, File.ReadAllText($"/proc/{id}/cmdline"));
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return null;
        }
    }

    private sealed record Entry(int Id, int Parent, double Seconds, string Command);
}
