using System.Net.Http.Json;
using System.Text.Json;
using Maydon.Tests.Support;

namespace Maydon.Tests.Registrations;

public sealed class EnrollmentTest(TestServer server) : IClassFixture<TestServer>
{
    private const string JoinUrl = "https://meet.example.org/abc";

    [Fact]
    public async Task Enrolling_answers_with_the_event_and_the_person()
    {
        var eventId = await server.AddEventAsync(capacity: 2, joinUrl: JoinUrl);
        var account = await server.CreateUserAsync("Seeker");
        using var seeker = server.SignIn(account);

        var answer = await seeker.PostAnswerAsync("/api/seeker/enroll", new { event_id = eventId });

        Assert.Equal("201 enrolled", answer.ToString());
        var body = answer.Body;
        Assert.Equal(
            ["id", "event", "event_title", "event_details", "seeker", "seeker_email", "status", "created_at", "updated_at"],
            body.EnumerateObject().Select(field => field.Name));
        Assert.Equal(eventId, body.GetProperty("event").GetInt64());
        Assert.Equal("Test event", body.GetProperty("event_title").GetString());
        Assert.Equal(account.Id, body.GetProperty("seeker").GetInt64());
        Assert.Equal(account.Email, body.GetProperty("seeker_email").GetString());
        var details = body.GetProperty("event_details");
        Assert.Equal(JoinUrl, details.GetProperty("join_url").GetString());
        Assert.Equal(1, details.GetProperty("total_enrollments").GetInt32());
        Assert.Equal(1, details.GetProperty("available_seats").GetInt32());
    }

    [Fact]
    public async Task Enrolments_are_listed_until_they_are_cancelled_and_come_back()
    {
        var later = await server.AddEventAsync(capacity: 5, startsIn: TimeSpan.FromDays(3));
        var sooner = await server.AddEventAsync(capacity: 5, startsIn: TimeSpan.FromDays(2), joinUrl: JoinUrl);
        var running = await server.AddEventAsync(capacity: 5, startsIn: TimeSpan.FromHours(-1));
        using var seeker = await server.SignInAsync("Seeker");
        foreach (var eventId in new[] { later, sooner, running })
            Assert.Equal("201 enrolled", (await seeker.PostAnswerAsync("/api/seeker/enroll", new { event_id = eventId })).ToString());

        Assert.Equal([running, sooner, later], Events(await ListAsync(seeker, "/api/seeker/enrollments")));
        Assert.Equal([sooner, later], Events(await ListAsync(seeker, "/api/seeker/enrollments?type=upcoming")));
        Assert.Empty(Events(await ListAsync(seeker, "/api/seeker/enrollments?type=past")));

        var enrolled = (await ListAsync(seeker, "/api/seeker/enrollments?type=upcoming")).GetProperty("results")[0];
        Assert.Equal(JoinUrl, enrolled.GetProperty("event_details").GetProperty("join_url").GetString());
        var cancelled = await seeker.PostAnswerAsync($"/api/seeker/enrollments/{enrolled.GetProperty("id").GetInt64()}/cancel");
        Assert.Equal("200 canceled", cancelled.ToString());
        Assert.Equal(JsonValueKind.Null, cancelled.Body.GetProperty("event_details").GetProperty("join_url").ValueKind);
        Assert.Equal(5, cancelled.Body.GetProperty("event_details").GetProperty("available_seats").GetInt32());
        Assert.Equal([later], Events(await ListAsync(seeker, "/api/seeker/enrollments?type=upcoming")));
        Assert.Equal("409 already_canceled", (await seeker.PostAnswerAsync($"/api/seeker/enrollments/{enrolled.GetProperty("id").GetInt64()}/cancel")).ToString());

        Assert.Equal("201 enrolled", (await seeker.PostAnswerAsync("/api/seeker/enroll", new { event_id = sooner })).ToString());
        Assert.Equal([sooner, later], Events(await ListAsync(seeker, "/api/seeker/enrollments?type=upcoming")));
        Assert.Equal(1, await server.TakenAsync(sooner));
    }

    [Fact]
    public async Task What_is_over_is_listed_as_past()
    {
        var eventId = await server.AddEventAsync(capacity: 5);
        using var seeker = await server.SignInAsync("Seeker");
        await seeker.RegisterAsync(eventId);
        await server.ExecuteAsync("update events.events set starts_at = now() - interval '2 days', ends_at = now() - interval '1 day' where id = $1", eventId);

        Assert.Equal([eventId], Events(await ListAsync(seeker, "/api/seeker/enrollments?type=past")));
        Assert.Empty(Events(await ListAsync(seeker, "/api/seeker/enrollments?type=upcoming")));

        // A deleted event that was over stays in the list of those who were there.
        await server.ExecuteAsync("update events.events set deleted_at = now() where id = $1", eventId);
        Assert.Equal([eventId], Events(await ListAsync(seeker, "/api/registrations/?type=past")));
    }

    [Fact]
    public async Task Nobody_sees_or_cancels_the_enrolment_of_another()
    {
        var eventId = await server.AddEventAsync(capacity: 5);
        using var owner = await server.SignInAsync("Seeker");
        using var stranger = await server.SignInAsync("Seeker");
        var id = (await owner.RegisterAsync(eventId)).Body.GetProperty("id").GetInt64();

        Assert.Equal("404 enrollment_not_found", (await stranger.PostAnswerAsync($"/api/seeker/enrollments/{id}/cancel")).ToString());
        Assert.Equal("404 enrollment_not_found", (await stranger.PostAnswerAsync("/api/seeker/enrollments/0/cancel")).ToString());
        Assert.Equal(0, (await ListAsync(stranger, "/api/seeker/enrollments")).GetProperty("count").GetInt32());
        Assert.Equal(0, (await ListAsync(stranger, "/api/registrations/")).GetProperty("count").GetInt32());
        Assert.Equal(1, await server.TakenAsync(eventId));
    }

    [Fact]
    public async Task Registrations_keep_what_was_cancelled_without_its_ticket_and_can_be_filtered()
    {
        var kept = await server.AddEventAsync(capacity: 5);
        var dropped = await server.AddEventAsync(capacity: 5, joinUrl: JoinUrl);
        using var person = await server.SignInAsync();
        await person.RegisterAsync(kept);
        await person.RegisterAsync(dropped);
        await person.CancelAsync(dropped);

        var all = await ListAsync(person, "/api/registrations/");
        Assert.Equal([dropped, kept], Events(all));
        var gone = all.GetProperty("results")[0];
        Assert.Equal("cancelled", gone.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, gone.GetProperty("ticket_code").ValueKind);
        Assert.Equal(JsonValueKind.Null, gone.GetProperty("event_details").GetProperty("join_url").ValueKind);
        Assert.Equal(16, all.GetProperty("results")[1].GetProperty("ticket_code").GetString()!.Length);
        Assert.Equal([kept], Events(await ListAsync(person, "/api/registrations/?status=registered")));
        Assert.Equal([dropped], Events(await ListAsync(person, "/api/registrations/?status=cancelled&type=upcoming")));
        Assert.Empty(Events(await ListAsync(person, "/api/registrations/?status=attended")));
    }

    [Theory]
    [InlineData("/api/registrations/?status=gone", "400 validation_error")]
    [InlineData("/api/registrations/?type=later", "400 validation_error")]
    [InlineData("/api/seeker/enrollments?type=later", "400 validation_error")]
    [InlineData("/api/seeker/enrollments?page=2", "404 invalid_page")]
    [InlineData("/api/registrations/?page=0", "404 invalid_page")]
    [InlineData("/api/registrations/?page=99999999999", "404 invalid_page")]
    [InlineData("/api/registrations/?page=2147483647&page_size=100", "404 invalid_page")]
    public async Task What_makes_no_sense_is_refused(string path, string expected)
    {
        using var person = await server.SignInAsync("Seeker");
        using var response = await person.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(expected, (await response.ReadAnswerAsync()).ToString());
    }

    [Fact]
    public async Task The_list_is_paged()
    {
        using var person = await server.SignInAsync("Seeker");
        for (var n = 0; n < 3; n++)
            await person.RegisterAsync(await server.AddEventAsync(capacity: 1));

        var first = await ListAsync(person, "/api/seeker/enrollments?type=upcoming&page_size=2");
        Assert.Equal(3, first.GetProperty("count").GetInt32());
        Assert.Equal(2, first.GetProperty("results").GetArrayLength());
        var next = first.GetProperty("next").GetString()!;
        Assert.Contains("type=upcoming", next, StringComparison.Ordinal);
        Assert.Equal(1, (await ListAsync(person, next)).GetProperty("results").GetArrayLength());
    }

    private static async Task<JsonElement> ListAsync(HttpClient client, string path) => await client.GetFromJsonAsync<JsonElement>(path);

    private static List<long> Events(JsonElement page) => [.. page.GetProperty("results").EnumerateArray().Select(item => item.GetProperty("event").GetInt64())];
}
