namespace Maydon.Faults;

/// <summary>With a guard taken out, and the constraint behind it, the harness must notice what the guard prevents.</summary>
public sealed class OrderControlTest(Cluster cluster, ITestOutputHelper output)
{
    private static readonly OrderPlan s_plan = new("control") { Shoppers = 12, PeoplePerShopper = 2, Orders = 60, Stocks = [3, 5, 400], Cancels = false };

    [Theory]
    [InlineData("capacity", "alter table inventory.pools drop constraint pools_never_oversold", "is oversold", "verify ended with 1")]
    [InlineData("cart", "alter table shop.orders drop constraint orders_cart", "orders of one cart")]
    public async Task Without_a_guard_it_is_noticed(string guard, string sql, params string[] expected)
    {
        var findings = await OrderCampaign.FightAsync(cluster, s_plan, nodes: 1, guard, sql);
        output.WriteLine(findings.ToString());

        foreach (var noticed in expected)
            Assert.Contains(findings.Violations, violation => violation.Contains(noticed, StringComparison.Ordinal));
    }
}
