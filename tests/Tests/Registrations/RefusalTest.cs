using System.Net;
using System.Net.Http.Json;
using Maydon.Tests.Support;

namespace Maydon.Tests.Registrations;

/// <summary>Every refusal with its status and code, their order, and that nothing is stored.</summary>
public sealed class RefusalTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Without_a_token_nobody_registers()
    {
        var eventId = await server.AddEventAsync(capacity: 1);
        using var nobody = server.CreateClient();

        Assert.Equal("401 not_authenticated", (await nobody.RegisterAsync(eventId)).ToString());
        Assert.Equal("401 not_authenticated", (await nobody.CancelAsync(eventId)).ToString());
        Assert.Equal("401 not_authenticated", (await nobody.PostAnswerAsync("/api/seeker/enroll", new { event_id = eventId })).ToString());
        Assert.Equal(0, await server.TakenAsync(eventId));
    }

    [Fact]
    public async Task Only_seekers_enrol()
    {
        var eventId = await server.AddEventAsync(capacity: 1);
        using var facilitator = await server.SignInAsync("Facilitator");

        Assert.Equal("403 permission_denied", (await facilitator.PostAnswerAsync("/api/seeker/enroll", new { event_id = eventId })).ToString());
        Assert.Equal(HttpStatusCode.Forbidden, (await facilitator.GetAsync(new Uri("/api/seeker/enrollments", UriKind.Relative))).StatusCode);
        Assert.Equal(0, await server.TakenAsync(eventId));
        Assert.Equal("201 registered", (await facilitator.RegisterAsync(eventId)).ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(999_999_999)]
    [InlineData(long.MaxValue)]
    public async Task An_event_that_does_not_exist_is_not_found(long eventId)
    {
        using var person = await server.SignInAsync("Seeker");

        Assert.Equal("404 event_not_found", (await person.RegisterAsync(eventId)).ToString());
        Assert.Equal("404 event_not_found", (await person.PostAnswerAsync("/api/seeker/enroll", new { event_id = eventId })).ToString());
        Assert.Equal("404 registration_not_found", (await person.CancelAsync(eventId)).ToString());
    }

    [Fact]
    public async Task A_deleted_event_is_not_found()
    {
        var eventId = await server.AddEventAsync(capacity: 1);
        await server.ExecuteAsync("update events.events set deleted_at = now() where id = $1", eventId);
        using var person = await server.SignInAsync("Seeker");

        Assert.Equal("404 event_not_found", (await person.RegisterAsync(eventId)).ToString());
        Assert.Equal("404 event_not_found", (await person.PostAnswerAsync("/api/seeker/enroll", new { event_id = eventId })).ToString());
        Assert.Equal(0, await server.TakenAsync(eventId));
    }

    [Fact]
    public async Task An_event_that_is_over_is_past_and_a_running_one_may_be_joined()
    {
        // Both last two hours.
        var over = await server.AddEventAsync(capacity: 1, startsIn: TimeSpan.FromHours(-3));
        var running = await server.AddEventAsync(capacity: 1, startsIn: TimeSpan.FromHours(-1));
        using var person = await server.SignInAsync();

        Assert.Equal("409 past_event", (await person.RegisterAsync(over)).ToString());
        Assert.Equal(0, await server.TakenAsync(over));
        Assert.Equal("201 registered", (await person.RegisterAsync(running)).ToString());
    }

    [Fact]
    public async Task Once_an_event_is_over_nobody_cancels_any_more()
    {
        var eventId = await server.AddEventAsync(capacity: 3);
        using var guest = await server.SignInAsync("Seeker");
        using var gone = await server.SignInAsync("Seeker");
        using var stranger = await server.SignInAsync("Seeker");
        var enrolment = (await guest.RegisterAsync(eventId)).Body.GetProperty("id").GetInt64();
        var ended = (await gone.RegisterAsync(eventId)).Body.GetProperty("id").GetInt64();
        Assert.Equal("200 cancelled", (await gone.CancelAsync(eventId)).ToString());

        await server.ExecuteAsync("update events.events set starts_at = now() - interval '2 hours', ends_at = now() + interval '1 hour' where id = $1", eventId);
        Assert.Equal("201 registered", (await stranger.RegisterAsync(eventId)).ToString());
        Assert.Equal("200 cancelled", (await stranger.CancelAsync(eventId)).ToString());

        await server.ExecuteAsync("update events.events set starts_at = now() - interval '2 days', ends_at = now() - interval '1 day' where id = $1", eventId);
        Assert.Equal("409 past_event", (await guest.CancelAsync(eventId)).ToString());
        Assert.Equal("409 past_event", (await guest.PostAnswerAsync($"/api/seeker/enrollments/{enrolment}/cancel")).ToString());
        // Who has nothing to cancel is told that.
        Assert.Equal("404 registration_not_found", (await gone.CancelAsync(eventId)).ToString());
        Assert.Equal("409 already_canceled", (await gone.PostAnswerAsync($"/api/seeker/enrollments/{ended}/cancel")).ToString());
        Assert.Equal(1, await server.TakenAsync(eventId));
        Assert.Equal(1, await server.CountAsync(eventId, "registered"));
        Assert.Equal(2, await server.CountMailsAsync(eventId, "events.cancellation"));
    }

    [Fact]
    public async Task Refusals_come_in_the_order_of_the_specification()
    {
        var eventId = await server.AddEventAsync(capacity: 1);
        using var holder = await server.SignInAsync();
        using var other = await server.SignInAsync();
        Assert.Equal("201 registered", (await holder.RegisterAsync(eventId)).ToString());

        // Full, and held by the one who asks again.
        Assert.Equal("409 already_enrolled", (await holder.RegisterAsync(eventId)).ToString());
        Assert.Equal("409 event_full", (await other.RegisterAsync(eventId)).ToString());

        // Closed comes before full.
        var closed = await server.AddEventAsync(capacity: 0);
        Assert.Equal("409 registration_closed", (await other.RegisterAsync(closed)).ToString());

        // Past comes before already enrolled and before full.
        await server.ExecuteAsync("update events.events set starts_at = now() - interval '2 days', ends_at = now() - interval '1 day' where id = $1", eventId);
        Assert.Equal("409 past_event", (await holder.RegisterAsync(eventId)).ToString());
        Assert.Equal("409 past_event", (await other.RegisterAsync(eventId)).ToString());
        Assert.Equal(1, await server.TakenAsync(eventId));
        Assert.Equal(1, await server.CountMailsAsync(eventId, "events.confirmation"));
    }

    [Fact]
    public async Task An_event_without_a_capacity_never_fills()
    {
        var eventId = await server.AddEventAsync(capacity: null);
        var people = await server.AddPeopleAsync(5);

        foreach (var person in people)
            Assert.Equal("201 registered", (await person.RegisterAsync(eventId)).ToString());

        Assert.Equal(5, await server.TakenAsync(eventId));
    }

    [Fact]
    public async Task Capacity_0_closes_and_stores_nothing()
    {
        var eventId = await server.AddEventAsync(capacity: 0);
        using var person = await server.SignInAsync("Seeker");

        Assert.Equal("409 registration_closed", (await person.RegisterAsync(eventId)).ToString());
        Assert.Equal("409 registration_closed", (await person.PostAnswerAsync("/api/seeker/enroll", new { event_id = eventId })).ToString());
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from events.registrations where event_id = $1", eventId));
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"event_id":null}""")]
    [InlineData("""{"event_id":"one"}""")]
    [InlineData("""{"event_id":1.5}""")]
    [InlineData("""{"event_id":99999999999999999999}""")]
    [InlineData("""[]""")]
    [InlineData("""{"event_id":""")]
    [InlineData("")]
    public async Task A_wish_that_makes_no_sense_is_400(string body)
    {
        using var person = await server.SignInAsync("Seeker");
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await person.PostAsync(new Uri("/api/seeker/enroll", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Fields_that_are_not_the_callers_to_set_are_ignored()
    {
        var eventId = await server.AddEventAsync(capacity: 1);
        var account = await server.CreateUserAsync("Seeker");
        using var person = server.SignIn(account);

        using var response = await person.PostAsJsonAsync("/api/seeker/enroll", new { event_id = eventId, seeker = 1, user_id = 1, status = "attended", ticket_code = "X", claim_id = 7 });

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from events.registrations where event_id = $1 and user_id = $2 and status = 'registered'", eventId, account.Id));
    }
}
