using Maydon.Tests.Support;

namespace Maydon.Tests.Registrations;

/// <summary><c>verify</c> finds every way in which pools, ledger, claims and registrations can contradict each other.</summary>
public sealed class VerifyTest(TestPostgres postgres)
{
    [Fact]
    public async Task Whoever_has_a_registration_stays()
    {
        await using var fresh = new TestServer(postgres);
        await fresh.StartAsync();
        var eventId = await fresh.AddEventAsync(capacity: 5);
        var person = (await fresh.AddPeopleAsync(1))[0];
        await person.RegisterAsync(eventId);

        var userId = await fresh.ScalarAsync<long>("select user_id from events.registrations where event_id = $1", eventId);

        var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => fresh.ExecuteAsync("delete from identity.users where id = $1", userId));

        Assert.Equal("23503", refusal.SqlState);
        Assert.Equal(1L, await fresh.ScalarAsync<long>("select count(*) from identity.users where id = $1", userId));
        await fresh.ExecuteAsync("delete from events.registrations");
        await fresh.ExecuteAsync("delete from identity.users where id = $1", userId);
    }

    [Theory]
    [InlineData("update inventory.pools set taken = taken + 1 where subject_id = $1", "its ledger adds up to 2", "3 seats taken and 2 people registered")]
    [InlineData("alter table inventory.pools drop constraint pools_never_oversold; update inventory.pools set capacity = 1 where subject_id = $1", "2 taken of 1")]
    [InlineData("update inventory.claims set state = 'released', ended_at = now() where id = (select min(claim_id) from events.registrations where event_id = $1 and status = 'registered')",
        "is released, its ledger has 1 taken and 0 given back", "is registered, its claim")]
    [InlineData("alter table inventory.ledger disable trigger all; delete from inventory.ledger where claim_id = (select min(claim_id) from events.registrations where event_id = $1 and status = 'registered')",
        "has 0 taken and 0 given back", "its ledger adds up to 1")]
    [InlineData("insert into inventory.ledger select 999999, id, 'take', 1, '', now() from inventory.pools where subject_id = $1", "the ledger has claim 999999, which does not exist", "its ledger adds up to 3")]
    [InlineData("alter table inventory.ledger disable trigger all; update inventory.ledger set change = 2 where entry = 'take' and claim_id = (select min(claim_id) from events.registrations where event_id = $1 and status = 'cancelled')",
        "its ledger has 2 taken and 1 given back", "its ledger adds up to 3")]
    [InlineData("insert into inventory.ledger select 1, 999999, 'take', 1, '', now() from inventory.pools where subject_id = $1", "pool 999999, which does not exist")]
    [InlineData("update events.registrations set status = 'cancelled' where event_id = $1", "is cancelled, its claim", "2 seats taken and 0 people registered")]
    [InlineData("update events.registrations set status = 'registered' where event_id = $1", "is registered, its claim", "2 seats taken and 3 people registered")]
    [InlineData("delete from events.registrations where event_id = $1 and status = 'registered'", "is confirmed and belongs to 0 registrations", "2 seats taken and 0 people registered")]
    [InlineData("alter table events.registrations drop constraint registrations_once; update events.registrations set user_id = (select min(user_id) from events.registrations where event_id = $1) where event_id = $1",
        "has 3 registrations for event")]
    [InlineData("update events.registrations set user_id = -1 where event_id = $1 and user_id = (select min(user_id) from events.registrations where event_id = $1)", "is of user -1, who does not exist")]
    [InlineData("insert into inventory.claims (kind, state, created_at, expires_at) select 'order', 'held', now(), now() - interval '1 hour' from inventory.pools where subject_id = $1",
        "is held since it ended", "has 0 taken and 0 given back")]
    [InlineData("alter table inventory.pools disable trigger all; update inventory.pools set kind = 'lost' where subject_id = $1", "has no pool of seats", "0 seats taken and 2 people registered")]
    public async Task A_drift_is_reported(string sql, params string[] expected)
    {
        await using var fresh = new TestServer(postgres);
        await fresh.StartAsync();
        var eventId = await fresh.AddEventAsync(capacity: 5);
        var people = await fresh.AddPeopleAsync(3);
        foreach (var person in people)
            await person.RegisterAsync(eventId);
        await people[0].CancelAsync(eventId);
        Assert.Empty(await fresh.FindDriftsAsync());

        foreach (var statement in sql.Split("; "))
            await fresh.ExecuteAsync(statement, statement.Contains("$1", StringComparison.Ordinal) ? [eventId] : []);

        var drifts = await fresh.FindDriftsAsync();
        Assert.All(expected, text => Assert.Contains(drifts, drift => drift.Contains(text, StringComparison.Ordinal)));
    }
}
