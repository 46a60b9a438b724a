using Maydon.Tests.Support;

namespace Maydon.Tests.Registrations;

/// <summary>Two servers with a claim writer each, on one database.</summary>
public sealed class TwoNodesTest(TestServer first, TestPostgres postgres) : IClassFixture<TestServer>, IAsyncLifetime
{
    private readonly TestServer _second = new(postgres);

    public async ValueTask InitializeAsync() => await _second.StartAsync(sibling: first);

    public ValueTask DisposeAsync() => _second.DisposeAsync();

    [Fact]
    public async Task Fifty_people_over_two_nodes_and_three_seats()
    {
        for (var round = 0; round < 5; round++)
        {
            var eventId = await first.AddEventAsync(capacity: 3);
            var people = await PeopleAsync(50);

            var answers = await Task.WhenAll(people.Select(person => person.RegisterAsync(eventId)));

            Assert.Equal(new Dictionary<string, int> { ["201 registered"] = 3, ["409 event_full"] = 47 }, answers.Tally());
            Assert.Equal(3, await first.TakenAsync(eventId));
        }

        await first.VerifyAsync();
    }

    [Fact]
    public async Task One_person_at_both_nodes_gets_one_seat_and_gives_it_back_once()
    {
        var eventId = await first.AddEventAsync(capacity: 50);
        var account = await first.CreateUserAsync();
        HttpClient[] doors = [first.SignIn(account), _second.SignIn(account)];

        for (var round = 0; round < 20; round++)
        {
            var registered = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => doors[n % 2].RegisterAsync(eventId)));
            Assert.Equal(new Dictionary<string, int> { ["201 registered"] = 1, ["409 already_enrolled"] = 9 }, registered.Tally());
            var cancelled = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => doors[n % 2].CancelAsync(eventId)));
            Assert.Equal(new Dictionary<string, int> { ["200 cancelled"] = 1, ["404 registration_not_found"] = 9 }, cancelled.Tally());
            Assert.Equal(0, await first.TakenAsync(eventId));
        }

        await first.VerifyAsync();
    }

    [Fact]
    public async Task Crossing_events_over_two_nodes_never_ends_in_an_error()
    {
        var events = new List<long>();
        for (var n = 0; n < 6; n++)
            events.Add(await first.AddEventAsync(capacity: 4));
        var people = await PeopleAsync(16);

        var answers = await Task.WhenAll(people.SelectMany((person, n) =>
            (n % 2 == 0 ? events : events.AsEnumerable().Reverse()).SelectMany(eventId => new[] { person.RegisterAsync(eventId), person.CancelAsync(eventId), person.RegisterAsync(eventId) })));

        Assert.Subset(new HashSet<string> { "201 registered", "409 already_enrolled", "409 event_full", "200 cancelled", "404 registration_not_found" }, answers.Tally().Keys.ToHashSet());
        await first.VerifyAsync();
    }

    private async Task<List<HttpClient>> PeopleAsync(int count)
    {
        var people = new List<HttpClient>();
        for (var n = 0; n < count; n++)
            people.Add((n % 2 == 0 ? first : _second).SignIn(await first.CreateUserAsync()));
        return people;
    }
}
