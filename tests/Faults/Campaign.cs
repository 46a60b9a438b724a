using System.Diagnostics;

namespace Maydon.Faults;

/// <summary>How a campaign is fought.</summary>
internal sealed record Plan(string Name)
{
    public int Nodes { get; init; } = 1;

    /// <summary>The server runs its PostgreSQL itself, so that a kill takes the owner of the database away too.</summary>
    public bool Embedded { get; init; }

    /// <summary>At the end every mail must have gone out, once.</summary>
    public bool Drains { get; init; }
    public int Kills { get; init; }
    public int Freezes { get; init; }
    public int Cuts { get; init; }
    public int Terminations { get; init; }
    public TimeSpan FreezeTime { get; init; } = TimeSpan.FromSeconds(1);
    public int Visitors { get; init; } = 32;
    public int PeoplePerVisitor { get; init; } = 30;
    public IReadOnlyList<int?> Capacities { get; init; } = [400, null, 8, 150, 400, null, 300, 800];

    /// <summary>After the last fault the clients go on until so many registrations are acknowledged.</summary>
    public int Registrations { get; init; }
    public ulong Seed { get; init; } = 20_261_120;
}

/// <summary>Clients on one side, faults on the other; after every fault what is stored is held against what was promised.</summary>
internal sealed class Campaign(Plan plan, Battlefield battlefield, Findings findings) : IAsyncDisposable
{
    private readonly Dice _dice = new(plan.Seed);
    private readonly Gate _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Visitor> _visitors = [];
    private List<Task> _acting = [];

    private Town Town => battlefield.Town;

    public async Task FightAsync()
    {
        await Town.SettleAsync(plan.Visitors * plan.PeoplePerVisitor, plan.Capacities);
        foreach (var people in Town.People.Chunk(plan.PeoplePerVisitor))
            _visitors.Add(new Visitor(Town, findings, people, new Dice(_dice.NextBits())));
        _acting = [.. _visitors.Select(visitor => Task.Run(() => visitor.ActAsync(_gate, _stop.Token)))];

        foreach (var (fault, number) in Faults().Select((fault, index) => (fault, index + 1)))
        {
            _gate.Open();
            await Task.Delay(_dice.Between(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(1500)));
            ThrowIfClientDied();
            await TroubleAsync(fault);
            await JudgeAsync($"{plan.Name}, fault {number} ({fault})");
            findings.Count($"{fault} faults");
        }

        _gate.Open();
        var before = Stopwatch.StartNew();
        while (findings["acknowledged registrations"] < plan.Registrations && before.Elapsed < TimeSpan.FromMinutes(5))
        {
            await Task.Delay(50);
            ThrowIfClientDied();
        }

        await JudgeAsync($"{plan.Name}, at the end");
        if (plan.Drains)
            await DrainAsync();
        await VerifyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _gate.Open();
        await Task.WhenAll(_acting);
        _stop.Dispose();
    }

    private Fault[] Faults()
    {
        var faults = Enumerable.Repeat(Fault.Kill, plan.Kills)
            .Concat(Enumerable.Repeat(Fault.Freeze, plan.Freezes))
            .Concat(Enumerable.Repeat(Fault.Cut, plan.Cuts))
            .Concat(Enumerable.Repeat(Fault.Terminate, plan.Terminations))
            .ToArray();
        for (var left = faults.Length; left > 1; left--)
        {
            var other = _dice.Next(left);
            (faults[left - 1], faults[other]) = (faults[other], faults[left - 1]);
        }

        return faults;
    }

    private async Task TroubleAsync(Fault fault)
    {
        var node = _dice.Pick(Town.Nodes);
        Town.BeginTrouble();
        try
        {
            switch (fault)
            {
                case Fault.Kill:
                    await node.KillAsync();
                    await battlefield.BuryAsync(node);
                    await node.StartAsync(ClockError());
                    break;
                case Fault.Terminate:
                    await node.TerminateAsync();
                    await node.StartAsync(ClockError());
                    break;
                case Fault.Freeze:
                    await node.FreezeAsync(plan.FreezeTime);
                    break;
                case Fault.Cut:
                    findings.Count("connections cut", await battlefield.CutConnectionsAsync());
                    break;
                default:
                    throw new UnreachableException();
            }
        }
        finally
        {
            Town.EndTrouble();
        }
    }

    /// <summary>A server comes back with a clock that is right, behind or ahead.</summary>
    private TimeSpan ClockError() => _dice.Pick([TimeSpan.Zero, TimeSpan.FromMinutes(-7), TimeSpan.FromMinutes(4)]);

    public async Task JudgeAsync(string when)
    {
        // Once while everybody acts: the invariants hold at every moment.
        await Invariants.CheckAsync(Town.Database, findings, when);
        await _gate.CloseAsync();
        await Invariants.CheckAsync(Town.Database, findings, when);
        await Invariants.CompareAsync(Town.Database, _visitors.SelectMany(visitor => visitor.Seats), findings, when);
    }

    /// <summary>What a killed server had taken on is taken again when its lease has run out: the clock is put ahead of that.</summary>
    private async Task DrainAsync()
    {
        await Town.Nodes[0].TerminateAsync();
        await Town.Nodes[0].StartAsync(TimeSpan.FromMinutes(5));
        // Mails give way to whatever else the machine does: that they take long is no fault, that they hardly go out any more is one.
        const int fewestPerSecond = 20;
        var started = Stopwatch.StartNew();
        var first = await Town.ScalarAsync("select count(*) from kernel.outbox where state = 'pending'");
        var patience = TimeSpan.FromMinutes(2) + TimeSpan.FromSeconds(first / fewestPerSecond);
        while (await Town.ScalarAsync("select count(*) from kernel.outbox where state = 'pending'") is var waiting and > 0)
        {
            if (started.Elapsed > patience)
            {
                findings.Violation($"{plan.Name}: {waiting} mails were not sent");
                return;
            }

            await Task.Delay(100);
        }

        // Their names end in the outbox row's id.
        var files = battlefield.ReadMails().Select(name => long.Parse(Path.GetFileNameWithoutExtension(name).Split('-')[^1])).Order().ToArray();
        var dead = await Town.ScalarAsync("select count(*) from kernel.outbox where state = 'dead'");
        var sent = await Town.ScalarAsync("select count(*) from kernel.outbox where state = 'sent' and id = any($1)", files);
        var due = await Town.ScalarAsync("select count(*) from kernel.outbox where state = 'sent'");
        if (dead > 0 || sent != due || files.Length != sent)
            findings.Violation($"{plan.Name}: {due} mails are marked as sent, {files.Length} lie there, {sent} of them marked; {dead} are dead");
        findings.Count("mails, each once", files.Length);
    }

    private async Task VerifyAsync()
    {
        var (exitCode, output) = await Town.Nodes[0].RunAsync("verify");
        findings.Count("runs of verify");
        if (exitCode != 0)
            findings.Violation($"{plan.Name}: verify ended with {exitCode}: {output.Trim()}");
    }

    private void ThrowIfClientDied()
    {
        if (_acting.FirstOrDefault(acting => acting.IsFaulted) is { Exception: { } fault })
            throw new InvalidOperationException("A client has failed.", fault);
    }

    private enum Fault { Kill, Terminate, Freeze, Cut }
}
