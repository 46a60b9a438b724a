using System.Net;
using Maydon.Tests.Support;

namespace Maydon.Tests.Registrations;

public sealed class RegisterTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_registration_takes_a_seat_and_has_a_ticket()
    {
        var eventId = await server.AddEventAsync(capacity: 2);
        using var person = await server.SignInAsync();

        var answer = await person.RegisterAsync(eventId);

        Assert.Equal("201 registered", answer.ToString());
        Assert.Equal(["id", "event", "status", "ticket_code", "registered_at"], answer.Body.EnumerateObject().Select(field => field.Name));
        Assert.Equal(eventId, answer.Body.GetProperty("event").GetInt64());
        Assert.Matches("^[0-9A-HJKMNP-TV-Z]{16}$", answer.Body.GetProperty("ticket_code").GetString());
        Assert.EndsWith("Z", answer.Body.GetProperty("registered_at").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, await server.TakenAsync(eventId));
        Assert.Equal(1, await server.CountAsync(eventId, "registered"));
        Assert.Equal(1, await server.CountMailsAsync(eventId, "events.confirmation"));
    }

    [Theory]
    [InlineData("", HttpStatusCode.Created)]
    [InlineData("/", HttpStatusCode.Created)]
    public async Task A_trailing_slash_makes_no_difference(string slash, HttpStatusCode expected)
    {
        var eventId = await server.AddEventAsync(capacity: 1);
        using var person = await server.SignInAsync();
        Assert.Equal(expected, (await person.PostAnswerAsync($"/api/events/{eventId}/register{slash}")).Status);
    }

    [Fact]
    public async Task Cancelling_frees_exactly_one_seat_and_coming_back_revives_the_row_with_a_new_ticket()
    {
        var eventId = await server.AddEventAsync(capacity: 1);
        using var first = await server.SignInAsync();
        using var second = await server.SignInAsync();
        var ticket = (await first.RegisterAsync(eventId)).Body;
        Assert.Equal("409 event_full", (await second.RegisterAsync(eventId)).ToString());

        Assert.Equal("200 cancelled", (await first.CancelAsync(eventId)).ToString());
        Assert.Equal(0, await server.TakenAsync(eventId));
        Assert.Equal("404 registration_not_found", (await first.CancelAsync(eventId)).ToString());
        Assert.Equal(0, await server.TakenAsync(eventId));
        var back = await first.RegisterAsync(eventId);

        Assert.Equal("201 registered", back.ToString());
        Assert.Equal(ticket.GetProperty("id").GetInt64(), back.Body.GetProperty("id").GetInt64());
        Assert.NotEqual(ticket.GetProperty("ticket_code").GetString(), back.Body.GetProperty("ticket_code").GetString());
        Assert.Equal(1, await server.TakenAsync(eventId));
        Assert.Equal(1, await server.CountAsync(eventId, "registered"));
        Assert.Equal(2, await server.CountMailsAsync(eventId, "events.confirmation"));
        Assert.Equal(1, await server.CountMailsAsync(eventId, "events.cancellation"));
        Assert.Equal("409 event_full", (await second.RegisterAsync(eventId)).ToString());
    }
}
