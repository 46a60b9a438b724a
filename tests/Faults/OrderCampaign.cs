using System.Diagnostics;

namespace Maydon.Faults;

/// <summary>How orders are fought over.</summary>
internal sealed record OrderPlan(string Name)
{
    public int Kills { get; init; }
    public int Cuts { get; init; }
    public int Shoppers { get; init; } = 16;
    public int PeoplePerShopper { get; init; } = 6;
    public IReadOnlyList<int> Stocks { get; init; } = [5, 40, 400, 4_000, 40_000];

    /// <summary>After the last fault the shoppers go on until so many orders are acknowledged.</summary>
    public int Orders { get; init; }

    /// <summary>What nobody takes back is still oversold when everybody has come to rest.</summary>
    public bool Cancels { get; init; } = true;

    /// <summary>At the end the clock is put ahead of every hold, and all that waits must end.</summary>
    public bool LetsHoldsEnd { get; init; }
    public ulong Seed { get; init; } = 20_261_120;
}

/// <summary>Shoppers on one side, faults on the other; after every fault what is stored is held against what was promised.</summary>
internal sealed class OrderCampaign(OrderPlan plan, Battlefield battlefield, Findings findings) : IAsyncDisposable
{
    private readonly Dice _dice = new(plan.Seed);
    private readonly Gate _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Shopper> _shoppers = [];
    private List<Task> _acting = [];

    private Town Town => battlefield.Town;

    /// <param name="guard">What is taken out of the servers, and with <paramref name="sql"/> out of the database.</param>
    public static async Task<Findings> FightAsync(Cluster cluster, OrderPlan plan, int nodes, string? guard = null, string? sql = null)
    {
        var findings = new Findings();
        var settings = new Dictionary<string, string>();
        if (guard is not null)
            settings["MAYDON_BREAK"] = guard;
        await using var field = await Battlefield.PrepareAsync(cluster, nodes, settings);
        if (sql is not null)
        {
            await using var command = field.Town.Database.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }

        await using var campaign = new OrderCampaign(plan, field, findings);
        await campaign.FightAsync();
        return findings;
    }

    private async Task FightAsync()
    {
        await Town.SettleAsync(plan.Shoppers * plan.PeoplePerShopper, []);
        var goods = await Market.OpenAsync(Town, plan.Stocks);
        foreach (var people in Town.People.Chunk(plan.PeoplePerShopper))
            _shoppers.Add(new Shopper(Town, findings, people, goods, new Dice(_dice.NextBits()), plan.Cancels));
        _acting = [.. _shoppers.Select(shopper => Task.Run(() => shopper.ActAsync(_gate, _stop.Token)))];

        for (var fault = 1; fault <= plan.Kills + plan.Cuts; fault++)
        {
            _gate.Open();
            await Task.Delay(_dice.Between(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(1200)));
            ThrowIfClientDied();
            await TroubleAsync(isKill: fault % 3 != 0 || fault > 3 * plan.Cuts);
            await JudgeAsync($"{plan.Name}, fault {fault}");
        }

        _gate.Open();
        var before = Stopwatch.StartNew();
        while (findings["acknowledged orders"] < plan.Orders && before.Elapsed < TimeSpan.FromMinutes(5))
        {
            await Task.Delay(50);
            ThrowIfClientDied();
        }

        await JudgeAsync($"{plan.Name}, at the end");
        if (plan.LetsHoldsEnd)
            await LetHoldsEndAsync();
        var (exitCode, output) = await Town.Nodes[0].RunAsync("verify");
        findings.Count("runs of verify");
        if (exitCode != 0)
            findings.Violation($"{plan.Name}: verify ended with {exitCode}: {output.Trim()}");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _gate.Open();
        await Task.WhenAll(_acting);
        _stop.Dispose();
    }

    private async Task TroubleAsync(bool isKill)
    {
        var node = _dice.Pick(Town.Nodes);
        Town.BeginTrouble();
        try
        {
            if (isKill)
            {
                await node.KillAsync();
                await battlefield.BuryAsync(node);
                await node.StartAsync();
                findings.Count("kills");
            }
            else
            {
                findings.Count("connections cut", await battlefield.CutConnectionsAsync());
            }
        }
        finally
        {
            Town.EndTrouble();
        }
    }

    private async Task JudgeAsync(string when)
    {
        // Once while everybody acts: the invariants hold at every moment.
        await OrderInvariants.CheckAsync(Town.Database, findings, when);
        await _gate.CloseAsync();
        await OrderInvariants.CheckAsync(Town.Database, findings, when);
        await OrderInvariants.CompareAsync(Town.Database, _shoppers, findings, when);
    }

    /// <summary>The job that ends holds runs every minute.</summary>
    private async Task LetHoldsEndAsync()
    {
        findings.Count("holds that ran out", (int)await Town.ScalarAsync("select count(*) from shop.orders where status = 'pending'"));
        foreach (var node in Town.Nodes)
        {
            await node.TerminateAsync();
            await node.StartAsync(TimeSpan.FromMinutes(31));
        }

        var patience = Stopwatch.StartNew();
        while (await Town.ScalarAsync("select count(*) from shop.orders where status = 'pending'") is var waiting and > 0)
        {
            if (patience.Elapsed > TimeSpan.FromSeconds(100))
            {
                findings.Violation($"{plan.Name}: {waiting} orders outlived their hold");
                return;
            }

            await Task.Delay(100);
        }

        foreach (var shopper in _shoppers)
            shopper.LetHoldsEnd();
        await OrderInvariants.CheckAsync(Town.Database, findings, "after the holds");
        await OrderInvariants.CompareAsync(Town.Database, _shoppers, findings, "after the holds");
        if (await Town.ScalarAsync("select sum(taken) from inventory.pools where kind = 'variant'") is > 0 and var left)
            findings.Violation($"{plan.Name}: {left} pieces are still taken");
    }

    private void ThrowIfClientDied()
    {
        if (_acting.FirstOrDefault(acting => acting.IsFaulted) is { Exception: { } fault })
            throw new InvalidOperationException("A client has failed.", fault);
    }
}
