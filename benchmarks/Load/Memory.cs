using System.Globalization;

namespace Maydon.Bench.Load;

/// <summary>Proportional set size: what processes share is counted once.</summary>
internal static class Memory
{
    /// <returns>Megabytes of the process, and of all that it has started.</returns>
    public static (double Own, double Children) Of(int processId)
    {
        var parents = Directory.GetDirectories("/proc").Select(directory => int.TryParse(Path.GetFileName(directory), out var id) ? id : 0).Where(id => id > 0)
            .ToDictionary(id => id, ParentOf);
        return (Read(processId), parents.Keys.Where(id => id != processId && DescendsFrom(id)).Sum(Read));

        bool DescendsFrom(int id) => id == processId || (parents.TryGetValue(id, out var parent) && parent > 1 && DescendsFrom(parent));
    }

    private static int ParentOf(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return 0;
        }
    }

    private static double Read(int id) =>
        long.Parse(File.ReadLines($"/proc/{id}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
}
