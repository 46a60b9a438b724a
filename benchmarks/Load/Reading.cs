using System.Diagnostics;
using System.Globalization;

namespace Maydon.Bench.Load;

/// <summary>Readers who ask for the same addresses again and again, as links are.</summary>
internal static class Reading
{
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(3);

    public static async Task<LoadResult> LoadAsync(string url, params string[] addresses)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllLinesAsync(file, addresses);
        await Wrk.RunAsync("read.lua", url, s_warmUp, file);
        var load = await Wrk.RunAsync("read.lua", url, s_duration, file);
        File.Delete(file);
        return load;
    }

    /// <summary>How long each takes while nothing is in memory yet: this is what the database needs.</summary>
    public static async Task<string> FirstAnswersAsync(string url, params IEnumerable<(string Name, string Address)> addresses)
    {
        var times = new List<string>();
        foreach (var (name, address) in addresses)
        {
            var started = Stopwatch.GetTimestamp();
            await ReadAsync(url, address);
            times.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms"));
        }

        return string.Join(", ", times);
    }

    public static async Task<string> ReadAsync(string url, string address)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri(url + address));
    }
}
