using System.Diagnostics;
using System.Globalization;
using Maydon.Bench.Load;

namespace Maydon.Bench;

/// <summary>From the start of the process on existing data, PostgreSQL stopped too, to the first answer; and what it needs when nobody asks.</summary>
internal static class Start
{
    private const int Starts = 5;
    private const double AimSeconds = 2;
    private const double AimMegabytes = 200;
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(15);

    public static async Task<BenchResult> MeasureAsync()
    {
        var dataDir = Directory.CreateTempSubdirectory("maydon-bench-start-").FullName;
        File.SetUnixFileMode(dataDir, (UnixFileMode)0b111_101_101);
        try
        {
            // Makes the database, and stops.
            await (await BenchServer.StartEmbeddedAsync(dataDir)).DisposeAsync();
            var seconds = new List<double>();
            double server = 0, database = 0;
            for (var n = 0; n < Starts; n++)
            {
                var started = Stopwatch.GetTimestamp();
                await using var process = await BenchServer.StartEmbeddedAsync(dataDir);
                seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
                if (n < Starts - 1)
                    continue;
                await Task.Delay(s_idle);
                (server, database) = Memory.Of(process.ProcessId);
            }

            seconds.Sort();
            var median = seconds[Starts / 2];
            return new BenchResult("start", 1 / median, 1 / AimSeconds, median * 1000, seconds[^1] * 1000, 0,
                string.Create(CultureInfo.InvariantCulture, $"{median:0.00} s to the first answer (median of {Starts}, longest {seconds[^1]:0.00} s); idle: server {server:0} MB, its PostgreSQL {database:0} MB"),
                new Aim($"≤ {AimSeconds} s", median <= AimSeconds), new Aim($"server and PostgreSQL ≤ {AimMegabytes} MB", server + database <= AimMegabytes));
        }
        finally
        {
            Directory.Delete(dataDir, recursive: true);
        }
    }
}
