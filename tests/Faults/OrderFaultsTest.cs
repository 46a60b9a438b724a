namespace Maydon.Faults;

/// <summary>Orders while two servers on one database are killed and cut off from it.</summary>
public sealed class OrderFaultsTest(Cluster cluster, ITestOutputHelper output)
{
    private static readonly OrderPlan s_short = new("orders on two servers") { Kills = 4, Cuts = 2, Orders = 1_000, LetsHoldsEnd = true };

    [Fact]
    public async Task No_order_is_lost_doubled_or_oversold_whatever_happens_to_the_servers()
    {
        var isLong = Environment.GetEnvironmentVariable("FAULTS") == "long";
        var findings = await OrderCampaign.FightAsync(cluster, isLong ? s_short with { Kills = 60, Cuts = 20, Shoppers = 48, Orders = 40_000 } : s_short, nodes: 2);
        output.WriteLine(findings.ToString());

        Assert.Empty(findings.Violations);
        Assert.InRange(findings["acknowledged orders"], isLong ? 40_000 : 1_000, int.MaxValue);
        Assert.Equal(0, findings["answers 500"]);
        // Faults that nobody felt would prove nothing.
        foreach (var felt in new[] { "requests without an answer", "answers replayed", "double submits that heard of one order", "orders refused: out_of_stock", "holds that ran out" })
            Assert.True(findings[felt] > 0, felt);
        // A kill between commit and answer is a matter of luck, and four may have none.
        Assert.True(!isLong || findings["effects without an answer"] > 0);
    }
}
