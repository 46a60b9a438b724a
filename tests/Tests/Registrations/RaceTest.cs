using Maydon.Tests.Support;

namespace Maydon.Tests.Registrations;

/// <summary>Everybody at once.</summary>
public sealed class RaceTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Fifty_people_and_three_seats()
    {
        var eventId = await server.AddEventAsync(capacity: 3);
        var people = await server.AddPeopleAsync(50);

        var answers = await Task.WhenAll(people.Select(person => person.RegisterAsync(eventId)));

        Assert.Equal(new Dictionary<string, int> { ["201 registered"] = 3, ["409 event_full"] = 47 }, answers.Tally());
        Assert.Equal(3, await server.TakenAsync(eventId));
        Assert.Equal(3, await server.CountAsync(eventId, "registered"));
        Assert.Equal(3, await server.CountMailsAsync(eventId, "events.confirmation"));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task One_person_twenty_times()
    {
        var eventId = await server.AddEventAsync(capacity: 50);
        using var person = await server.SignInAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => person.RegisterAsync(eventId)));

        Assert.Equal(new Dictionary<string, int> { ["201 registered"] = 1, ["409 already_enrolled"] = 19 }, answers.Tally());
        Assert.Equal(1, await server.TakenAsync(eventId));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task Cancelled_twenty_times_a_seat_comes_free_once()
    {
        var eventId = await server.AddEventAsync(capacity: 2);
        var people = await server.AddPeopleAsync(2);
        foreach (var person in people)
            await person.RegisterAsync(eventId);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => people[0].CancelAsync(eventId)));

        Assert.Equal(new Dictionary<string, int> { ["200 cancelled"] = 1, ["404 registration_not_found"] = 19 }, answers.Tally());
        Assert.Equal(1, await server.TakenAsync(eventId));
        Assert.Equal(1, await server.CountMailsAsync(eventId, "events.cancellation"));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task Two_people_and_the_last_seat_two_hundred_times()
    {
        var people = await server.AddPeopleAsync(2);
        for (var round = 0; round < 200; round++)
        {
            var eventId = await server.AddEventAsync(capacity: 1);
            var answers = await Task.WhenAll(people.Select(person => person.RegisterAsync(eventId)));
            Assert.Equal(["201 registered", "409 event_full"], answers.Select(answer => answer.ToString()).Order());
            Assert.Equal(1, await server.TakenAsync(eventId));
        }

        await server.VerifyAsync();
    }

    [Fact]
    public async Task A_storm_of_registering_and_cancelling_leaves_exactly_what_it_says()
    {
        var events = new List<long>();
        for (var n = 0; n < 4; n++)
            events.Add(await server.AddEventAsync(capacity: 5));
        var people = await server.AddPeopleAsync(20);

        await Task.WhenAll(people.SelectMany((person, n) => events.Select(async (eventId, e) =>
        {
            // Each person goes on by what was answered; so at the end we know who must be in.
            for (var round = 0; round < 10; round++)
            {
                var answer = (n + e + round) % 3 == 0 ? await person.CancelAsync(eventId) : await person.RegisterAsync(eventId);
                Assert.Contains(answer.ToString(), (string[])["201 registered", "409 already_enrolled", "409 event_full", "200 cancelled", "404 registration_not_found"]);
            }
        })));

        foreach (var eventId in events)
        {
            var taken = await server.TakenAsync(eventId);
            Assert.InRange(taken, 0, 5);
            Assert.Equal(taken, await server.CountAsync(eventId, "registered"));
            Assert.Equal(await server.CountMailsAsync(eventId, "events.confirmation") - await server.CountMailsAsync(eventId, "events.cancellation"), taken);
        }

        await server.VerifyAsync();
    }
}
