using System.Net.Http.Json;
using Maydon.Tests.Support;

namespace Maydon.Tests.Registrations;

/// <summary><c>Idempotency-Key</c> where the claim writer stores the answer: with the seat, in one transaction.</summary>
public sealed class RepeatTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_repeated_registration_gets_the_first_answer_again()
    {
        var eventId = await server.AddEventAsync(capacity: 5);
        using var person = await server.SignInAsync("Seeker");

        using var first = await SendAsync(person, $"/api/events/{eventId}/register/", "a");
        using var again = await SendAsync(person, $"/api/events/{eventId}/register/", "a");

        Assert.Equal("201 registered", (await first.ReadAnswerAsync()).ToString());
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal(first.StatusCode, again.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal(first.Content.Headers.ContentType, again.Content.Headers.ContentType);
        Assert.Equal(1, await server.TakenAsync(eventId));
    }

    [Fact]
    public async Task A_refusal_is_repeated_too_even_when_things_have_changed()
    {
        var eventId = await server.AddEventAsync(capacity: 1);
        using var holder = await server.SignInAsync();
        using var person = await server.SignInAsync();
        await holder.RegisterAsync(eventId);
        using (var full = await SendAsync(person, $"/api/events/{eventId}/register/", "b"))
            Assert.Equal("409 event_full", (await full.ReadAnswerAsync()).ToString());
        await holder.CancelAsync(eventId);

        using var again = await SendAsync(person, $"/api/events/{eventId}/register/", "b");

        Assert.Equal("409 event_full", (await again.ReadAnswerAsync()).ToString());
        Assert.Equal("201 registered", (await person.RegisterAsync(eventId)).ToString());
    }

    [Fact]
    public async Task The_key_of_another_request_is_refused_and_another_persons_key_is_another_key()
    {
        var eventId = await server.AddEventAsync(capacity: 5);
        using var person = await server.SignInAsync();
        using var other = await server.SignInAsync();
        using var first = await SendAsync(person, $"/api/events/{eventId}/register/", "c");

        using var reused = await SendAsync(person, $"/api/events/{eventId}/cancel/", "c");
        using var others = await SendAsync(other, $"/api/events/{eventId}/register/", "c");

        Assert.Equal("422 idempotency_key_reused", (await reused.ReadAnswerAsync()).ToString());
        Assert.Equal("201 registered", (await others.ReadAnswerAsync()).ToString());
        Assert.Equal(2, await server.TakenAsync(eventId));
    }

    [Fact]
    public async Task Of_twenty_at_once_under_one_key_one_runs_and_the_others_wait_or_repeat_it()
    {
        var eventId = await server.AddEventAsync(capacity: 5);
        using var person = await server.SignInAsync("Seeker");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/seeker/enroll") { Content = JsonContent.Create(new { event_id = eventId }) };
            request.Headers.Add("Idempotency-Key", "d");
            using var response = await person.SendAsync(request);
            return await response.ReadAnswerAsync();
        }));

        var tally = answers.Tally();
        Assert.Subset(new HashSet<string> { "201 enrolled", "409 in_progress" }, tally.Keys.ToHashSet());
        Assert.Single(answers.Where(answer => answer.Word == "enrolled").Select(answer => answer.Body.GetRawText()).Distinct());
        Assert.Equal(1, await server.TakenAsync(eventId));
        Assert.Equal(1, await server.CountMailsAsync(eventId, "events.confirmation"));
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from kernel.idempotency_keys where key = 'd'"));
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string path, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Add("Idempotency-Key", key);
        return await client.SendAsync(request);
    }
}
