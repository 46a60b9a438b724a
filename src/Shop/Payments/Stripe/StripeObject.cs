using System.Text.Json;

namespace Maydon.Shop.Payments.Stripe;

/// <summary>An object of Stripe's as it came. What it does not have, or has of another type, is null: nobody promises that a field is there.</summary>
internal sealed class StripeObject(JsonElement json)
{
    public string? Text(string name)
    {
        try
        {
            return Find(name) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, or bytes that are no UTF-8.
            return null;
        }
    }

    public long? Number(string name) => Find(name) is { ValueKind: JsonValueKind.Number } found && found.TryGetInt64(out var number) ? number : null;

    public StripeObject? Object(string name) => Find(name) is { ValueKind: JsonValueKind.Object } found ? new StripeObject(found) : null;

    public IEnumerable<StripeObject> Objects(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Array } found ? found.EnumerateArray().Select(element => new StripeObject(element)) : [];

    /// <summary>The id of another object, which stands there as such or as the whole object.</summary>
    public string? Reference(string name) => Text(name) ?? Object(name)?.Text("id");

    private JsonElement? Find(string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var found) ? found : null;
}
