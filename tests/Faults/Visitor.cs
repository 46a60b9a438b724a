using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Maydon.Faults;

/// <summary>
/// Acts for some people, one request at a time: registers, registers again, cancels, comes back, with and without an Idempotency-Key.
/// It holds every answer against what it knows. Where no answer came it waits until the fault is over, looks into the database what
/// happened, and from then on holds the server to that.
/// </summary>
internal sealed class Visitor(Town town, Findings findings, IReadOnlyList<Person> people, Dice dice)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(45);
    private readonly Dictionary<(long User, long Event), Seat> _seats = [];

    public IEnumerable<Seat> Seats => _seats.Values;

    /// <summary>Until <paramref name="stop"/>; it stands still while the gate is closed.</summary>
    public async Task ActAsync(Gate gate, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await gate.EnterAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                await ActOnceAsync();
            }
            finally
            {
                gate.Leave();
            }
        }
    }

    private async Task ActOnceAsync()
    {
        var person = dice.Pick(people);
        var place = dice.Chance(30) ? town.HotEvent : dice.Pick(town.Events);
        if (!_seats.TryGetValue((person.Id, place.Id), out var seat))
            _seats.Add((person.Id, place.Id), seat = new Seat(person.Id, place.Id));
        var key = dice.Chance(50) ? $"k{dice.NextBits():x}" : null;
        if (seat.State == SeatState.Registered && dice.Chance(80))
            await CancelAsync(person, seat, key);
        else
            await RegisterAsync(person, place, seat, key);
    }

    private async Task RegisterAsync(Person person, Place place, Seat seat, string? key)
    {
        var answer = await SendAsync(person, $"/api/events/{place.Id}/register/", key);
        var was = seat.State;
        switch (answer)
        {
            case { Status: 201 } when was != SeatState.Registered:
                seat.Register();
                findings.Count("acknowledged registrations");
                break;
            case { Status: 201 }:
                findings.Violation($"{seat} was registered a second time");
                break;
            case { Status: 409, Code: "already_enrolled" } when was == SeatState.Registered:
                findings.Count("repeats refused");
                return;
            case { Status: 409, Code: "event_full" } when was != SeatState.Registered && place.Capacity is not null:
                findings.Count("refused for want of seats");
                return;
            case null or { Status: >= 500 }:
                await ClearUpAsync(seat, SeatState.Registered, answer);
                break;
            default:
                findings.Violation($"{seat}, {was}: registering was answered {answer}");
                return;
        }

        if (key is not null && (answer is null || dice.Chance(10)))
            await RepeatAsync(person, $"/api/events/{place.Id}/register/", key, seat, was, answer);
    }

    private async Task CancelAsync(Person person, Seat seat, string? key)
    {
        var answer = await SendAsync(person, $"/api/events/{seat.EventId}/cancel/", key);
        switch (answer)
        {
            case { Status: 200 }:
                seat.Cancel();
                findings.Count("acknowledged cancellations");
                break;
            case null or { Status: >= 500 }:
                await ClearUpAsync(seat, SeatState.Cancelled, answer);
                break;
            default:
                findings.Violation($"{seat} had an acknowledged registration; cancelling it was answered {answer}");
                break;
        }
    }

    /// <summary>No answer, or one that promises nothing: what has happened is decided now, wholly or not at all.</summary>
    private async Task ClearUpAsync(Seat seat, SeatState intended, Answer? answer)
    {
        findings.Count(answer is null ? "requests without an answer" : $"answers {answer.Status}");
        await town.WhenQuietAsync();
        if (await town.ReadStateAsync(seat) is not { } stored)
            return;
        if (stored != seat.State && stored != intended)
        {
            findings.Violation($"{seat} is {stored}, was {seat.State} and was to be {intended}");
            return;
        }

        if (stored == seat.State)
            return;
        findings.Count("effects without an answer");
        if (intended == SeatState.Registered)
            seat.Register();
        else
            seat.Cancel();
    }

    /// <summary>The same request under the same key: the first answer if it took effect, and no second effect in any case.</summary>
    private async Task RepeatAsync(Person person, string path, string key, Seat seat, SeatState before, Answer? first)
    {
        var tookEffect = seat.State == SeatState.Registered && before != SeatState.Registered;
        var again = await SendAsync(person, path, key);
        switch (again)
        {
            case null or { Status: >= 500 }:
                // Without effect if the first had one; a first effect otherwise.
                await ClearUpAsync(seat, SeatState.Registered, again);
                break;
            case { Status: 201, Replayed: true } when tookEffect && (first is null or { Status: >= 500 } || first.Body == again.Body):
                findings.Count("answers replayed");
                break;
            case { Status: 201, Replayed: false } when !tookEffect && before != SeatState.Registered:
                seat.Register();
                findings.Count("acknowledged registrations");
                break;
            case { Status: 409, Code: "event_full" } when !tookEffect:
            case { Status: 409, Code: "already_enrolled" } when before == SeatState.Registered:
                break;
            default:
                findings.Violation($"{seat}: the first answer was {first?.ToString() ?? "none"}, {(tookEffect ? "it took effect" : "it had no effect")}, the same key brought {again}");
                break;
        }
    }

    private async Task<Answer?> SendAsync(Person person, string path, string? key)
    {
        var node = dice.Pick(town.Nodes);
        // A body, though nobody reads it: without one .NET's client repeats a request by itself when a connection breaks.
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node.Address, path)) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", person.Token);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            using var response = await town.Http.SendAsync(request, patience.Token);
            var body = await response.Content.ReadAsStringAsync(patience.Token);
            return new Answer((int)response.StatusCode, body, response.Headers.Contains("Idempotency-Replayed"));
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            findings.Violation($"{path} had no answer within {s_patience.TotalSeconds} s");
            return null;
        }
    }
}

/// <summary>What the server said.</summary>
internal sealed record Answer(int Status, string Body, bool Replayed)
{
    public string? Code => Status < (int)HttpStatusCode.BadRequest || !Body.StartsWith('{')
        ? null
        : JsonDocument.Parse(Body).RootElement is var root && root.TryGetProperty("code", out var code) ? code.GetString() : null;

    /// <summary>Of an order that was made.</summary>
    public long OrderId => JsonDocument.Parse(Body).RootElement.GetProperty("order_id").GetInt64();

    public override string ToString() => $"{Status} {Code}{(Replayed ? " (replayed)" : "")}";
}
