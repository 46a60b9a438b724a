using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Maydon.Faults;

/// <summary>
/// Buys for some people: puts things into the cart, orders, presses twice, cancels, with and without an Idempotency-Key. It knows of every order
/// that it was told of. Where no answer came it waits until the fault is over, looks into the database what happened, and from then on holds
/// the server to that.
/// </summary>
internal sealed class Shopper(Town town, Findings findings, IReadOnlyList<Person> people, IReadOnlyList<Good> goods, Dice dice, bool cancels)
{
    private const string Contact = """{"full_name":"A person","email":"person@example.org","phone":"+998901234567","address":"The square"}""";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(45);
    private readonly Dictionary<long, PurchaseState> _orders = [];
    private readonly Dictionary<long, List<long>> _pending = people.ToDictionary(person => person.Id, _ => new List<long>());

    /// <summary>Every order that is known of, and how it stands.</summary>
    public IReadOnlyDictionary<long, PurchaseState> Orders => _orders;

    public IEnumerable<long> People => _pending.Keys;

    /// <summary>From now on those that wait have run out.</summary>
    public void LetHoldsEnd()
    {
        foreach (var order in _orders.Where(order => order.Value == PurchaseState.Pending).Select(order => order.Key).ToList())
            _orders[order] = PurchaseState.Cancelled;
    }

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
                var person = dice.Pick(people);
                if (cancels && _pending[person.Id].Count > 0 && dice.Chance(45))
                    await CancelAsync(person, dice.Pick(_pending[person.Id]));
                else
                    await BuyAsync(person);
            }
            finally
            {
                gate.Leave();
            }
        }
    }

    private async Task BuyAsync(Person person)
    {
        for (var lines = 1 + dice.Next(3); lines > 0; lines--)
        {
            var answer = await SendAsync(person, "/api/cart/", $$"""{"variant_id":{{dice.Pick(goods).Variant}},"quantity":{{1 + dice.Next(2)}}}""", key: null);
            if (answer is not (null or { Status: 200 or >= 500 } or { Status: 409, Code: "out_of_stock" }))
                findings.Violation($"user {person.Id}: adding to the cart was answered {answer}");
        }

        var key = dice.Chance(50) ? $"k{dice.NextBits():x}" : null;
        var isDoubled = dice.Chance(25);
        var before = _orders.Count;
        Answer?[] answers = isDoubled
            ? await Task.WhenAll(SendAsync(person, "/api/checkout/", Contact, key), SendAsync(person, "/api/checkout/", Contact, key))
            : [await SendAsync(person, "/api/checkout/", Contact, key)];
        foreach (var answer in answers)
            Judge(person, answer);
        if (answers.Any(answer => answer is null or { Status: >= 500 }))
            await ClearUpAsync(person, answers);
        // What was in the cart is one order, whatever was answered and however often it was sent.
        if (_orders.Count > before + 1)
            findings.Violation($"user {person.Id} has {_orders.Count - before} orders of one cart");
        if (isDoubled && answers.All(answer => answer is { Status: 201 }))
            findings.Count("double submits that heard of one order");
        if (key is not null && (answers[0] is null || dice.Chance(10)))
            await RepeatAsync(person, key, answers, _orders.Count > before);
    }

    private void Judge(Person person, Answer? answer)
    {
        switch (answer)
        {
            case { Status: 201 }:
                if (Learn(person, answer.OrderId, PurchaseState.Pending))
                    findings.Count("acknowledged orders");
                break;
            case { Status: 400, Code: "cart_empty" } or { Status: 409, Code: "out_of_stock" or "in_progress" }:
                findings.Count($"orders refused: {answer.Code}");
                break;
            case null or { Status: >= 500 }:
                findings.Count(answer is null ? "requests without an answer" : $"answers {answer.Status}");
                break;
            default:
                findings.Violation($"user {person.Id}: ordering was answered {answer}");
                break;
        }
    }

    /// <summary>The same request under the same key: the first answer if it took effect, and no second effect in any case.</summary>
    private async Task RepeatAsync(Person person, string key, Answer?[] first, bool tookEffect)
    {
        var before = _orders.Count;
        var again = await SendAsync(person, "/api/checkout/", Contact, key);
        Judge(person, again);
        if (again is null or { Status: >= 500 })
            await ClearUpAsync(person, [again]);
        if (tookEffect && _orders.Count > before)
            findings.Violation($"user {person.Id}: the first answers were {string.Join(", ", first.Select(answer => answer?.ToString() ?? "none"))}, and the same key made another order");
        if (again is { Status: 201, Replayed: true })
            findings.Count("answers replayed");
    }

    private async Task CancelAsync(Person person, long order)
    {
        var answer = await SendAsync(person, $"/api/orders/{order}/cancel/", "{}", dice.Chance(50) ? $"k{dice.NextBits():x}" : null);
        switch (answer)
        {
            case { Status: 200 }:
                findings.Count("acknowledged cancellations");
                break;
            case null or { Status: >= 500 }:
                findings.Count(answer is null ? "requests without an answer" : $"answers {answer.Status}");
                await town.WhenQuietAsync();
                if (await town.ScalarAsync("select count(*) from shop.orders where id = $1 and status = 'cancelled'", order) == 0)
                    return;
                findings.Count("effects without an answer");
                break;
            default:
                findings.Violation($"order {order} was acknowledged and is pending; cancelling it was answered {answer}");
                return;
        }

        _orders[order] = PurchaseState.Cancelled;
        _pending[person.Id].Remove(order);
    }

    /// <summary>No answer, or one that promises nothing: what has happened is decided now, wholly or not at all.</summary>
    private async Task ClearUpAsync(Person person, Answer?[] answers)
    {
        await town.WhenQuietAsync();
        foreach (var order in await town.ReadIdsAsync("select id from shop.orders where user_id = $1", person.Id))
        {
            if (Learn(person, order, PurchaseState.Pending) && !answers.Any(answer => answer is { Status: 201 } && answer.OrderId == order))
                findings.Count("effects without an answer");
        }
    }

    private bool Learn(Person person, long order, PurchaseState state)
    {
        if (!_orders.TryAdd(order, state))
            return false;
        _pending[person.Id].Add(order);
        return true;
    }

    private async Task<Answer?> SendAsync(Person person, string path, string body, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(dice.Pick(town.Nodes).Address, path)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", person.Token);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            using var response = await town.Http.SendAsync(request, patience.Token);
            return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(patience.Token), response.Headers.Contains("Idempotency-Replayed"));
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

internal enum PurchaseState { Pending, Cancelled }
