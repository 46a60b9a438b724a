using Maydon.Tests.Support;

namespace Maydon.Faults;

/// <summary>Registrations while servers are killed, frozen and cut off from their database. <c>FAULTS=long</c> makes hours of it.</summary>
public sealed class RegistrationFaultsTest(Cluster cluster, ITestOutputHelper output)
{
    [Fact]
    public async Task Nothing_is_oversold_lost_or_doubled_whatever_happens_to_the_servers()
    {
        var isLong = Environment.GetEnvironmentVariable("FAULTS") == "long";
        var report = new Report();
        foreach (var plan in isLong ? Plans.Long : Plans.Short)
            await report.AddAsync(plan, cluster);
        output.WriteLine(report.ToString());
        await report.SaveAsync(Path.Combine(Repository.Root, isLong ? "benchmarks/results/faults-long.md" : "artifacts/faults.md"));

        Assert.Empty(report.Findings.Violations);
        Assert.InRange(report.Findings["Kill faults"], isLong ? 300 : 20, int.MaxValue);
        Assert.InRange(report.Findings["acknowledged registrations"], isLong ? 500_000 : 20_000, int.MaxValue);
        // Whatever was cut off under it, the server knew what to say.
        Assert.Equal(0, report.Findings["answers 500"]);
        // Faults that nobody felt would prove nothing.
        Assert.InRange(report.Findings["requests without an answer"], 1, int.MaxValue);
        Assert.InRange(report.Findings["effects without an answer"], 1, int.MaxValue);
        Assert.InRange(report.Findings["answers replayed"], 1, int.MaxValue);
    }
}
