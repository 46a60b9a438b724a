namespace Maydon.Faults;

/// <summary>
/// A harness that cannot fail proves nothing: with one guard taken out of a debug build, and the constraint behind it out of the
/// database, it must find what the guard prevents, and so must the server's own <c>verify</c>.
/// </summary>
public sealed class NegativeControlTest(Cluster cluster, ITestOutputHelper output)
{
    private static readonly Plan s_crowd = new("control") { Capacities = [5, 5, null, 5], Registrations = 120, Visitors = 16, PeoplePerVisitor = 10 };

    [Fact]
    public async Task Without_the_capacity_guard_overselling_is_noticed()
    {
        var findings = await FightAsync("capacity", "alter table inventory.pools drop constraint pools_never_oversold");

        Assert.Contains(findings.Violations, violation => violation.Contains("is oversold", StringComparison.Ordinal));
        Assert.Contains(findings.Violations, violation => violation.Contains("verify ended with 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_unique_key_a_doubled_registration_is_noticed()
    {
        var findings = await FightAsync("unique", "alter table events.registrations drop constraint registrations_once");

        Assert.Contains(findings.Violations, violation => violation.Contains("was registered a second time", StringComparison.Ordinal));
        Assert.Contains(findings.Violations, violation => violation.Contains("rows at event", StringComparison.Ordinal));
        Assert.Contains(findings.Violations, violation => violation.Contains("verify ended with 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_ledger_a_seat_that_nobody_accounts_for_is_noticed()
    {
        var findings = await FightAsync("ledger", null);

        Assert.Contains(findings.Violations, violation => violation.Contains("its ledger says 0", StringComparison.Ordinal));
        Assert.Contains(findings.Violations, violation => violation.Contains("verify ended with 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_registration_that_was_acknowledged_and_is_gone_is_noticed()
    {
        // Wholly gone, with everything that could tell of it: only the clients know.
        var findings = await FightAsync(null, null, """
            alter table inventory.ledger disable trigger user;
            with lost as (delete from events.registrations where status = 'registered' and id % 3 = 0 returning claim_id, event_id),
                claims as (delete from inventory.claims where id in (select claim_id from lost)),
                ledger as (delete from inventory.ledger where claim_id in (select claim_id from lost)),
                outbox as (delete from kernel.outbox where split_part(subject, ':', 3)::bigint in (select claim_id from lost))
            update inventory.pools set taken = taken - lost.seats
            from (select event_id, count(*) as seats from lost group by event_id) lost where kind = 'event' and subject_id = lost.event_id
            """);

        Assert.Contains(findings.Violations, violation => violation.Contains("should be Registered", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_every_guard_in_place_nothing_is_noticed()
    {
        var findings = await FightAsync(null, null);

        Assert.Empty(findings.Violations);
        Assert.InRange(findings["refused for want of seats"], 1, int.MaxValue);
        Assert.InRange(findings["repeats refused"], 1, int.MaxValue);
    }

    private async Task<Findings> FightAsync(string? guard, string? before, string? after = null)
    {
        var findings = new Findings();
        var settings = new Dictionary<string, string>();
        if (guard is not null)
            settings["MAYDON_BREAK"] = guard;
        await using (var field = await Battlefield.PrepareAsync(cluster, nodes: 1, settings))
        {
            await ExecuteAsync(field, before);
            await using var campaign = new Campaign(s_crowd, field, findings);
            await campaign.FightAsync();
            if (after is not null)
            {
                await ExecuteAsync(field, after);
                await campaign.JudgeAsync("afterwards");
            }
        }

        output.WriteLine(findings.ToString());
        return findings;
    }

    private static async Task ExecuteAsync(Battlefield field, string? sql)
    {
        if (sql is null)
            return;
        await using var command = field.Town.Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
