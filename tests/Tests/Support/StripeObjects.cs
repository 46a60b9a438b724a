using System.Globalization;
using System.Net.Mail;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Maydon.Tests.Support;

/// <param name="Json">Null for a page that is no JSON.</param>
internal sealed record StripeAnswer(int Status, string? Json)
{
    public static StripeAnswer Error(int status, string type, string? code, string message, string? param = null) =>
        new(status, JsonSerializer.Serialize(new { error = new { type, code, message, param } }));
}

/// <summary>The parameters of a request: a form, as Stripe takes no JSON.</summary>
internal sealed class StripeForm
{
    public IReadOnlyDictionary<string, string> Values { get; private init; } = new Dictionary<string, string>();

    /// <summary>As it came.</summary>
    public string Text { get; private init; } = "";
    public string? Fault { get; private init; }

    public string? this[string name] => Values.GetValueOrDefault(name);

    public static async Task<StripeForm> ReadAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var text = await reader.ReadToEndAsync();
        if (request.Method == "GET")
            return new StripeForm();
        if (request.ContentType?.Split(';')[0] != "application/x-www-form-urlencoded")
            return new StripeForm { Text = text, Fault = $"Invalid content type {request.ContentType}." };
        var values = new Dictionary<string, string>();
        foreach (var pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (pair.Split('=') is not [var name, var value] || !values.TryAdd(Decode(name), Decode(value)))
                return new StripeForm { Text = text, Fault = $"Cannot read {pair}." };
        }

        return new StripeForm { Text = text, Values = values };
    }

    /// <summary>The first parameter that is not known.</summary>
    public string? Unknown(Func<string, bool> isKnown) => Values.Keys.FirstOrDefault(name => !isKnown(name));

    /// <summary>All of <c>prefix[…]</c>.</summary>
    public Dictionary<string, string> Map(string prefix) => Values
        .Where(pair => pair.Key.StartsWith($"{prefix}[", StringComparison.Ordinal) && pair.Key.EndsWith(']') && !pair.Key[(prefix.Length + 1)..^1].Contains('['))
        .ToDictionary(pair => pair.Key[(prefix.Length + 1)..^1], pair => pair.Value);

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}

/// <summary>A page of Stripe's Checkout.</summary>
public sealed partial class StripeSession
{
    private static readonly string[] s_locales = ["auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "fi", "fr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh"];

    public required string Id { get; init; }
    public required long AmountTotal { get; set; }
    public required string Currency { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required IReadOnlyDictionary<string, string> Metadata { get; set; }
    public required IReadOnlyDictionary<string, string> PaymentMetadata { get; init; }
    public required IReadOnlyList<(string Name, long UnitAmount, int Quantity)> Lines { get; init; }
    public required string? ClientReferenceId { get; init; }
    public required string? CustomerEmail { get; init; }
    public required string SuccessUrl { get; init; }
    public required string? CancelUrl { get; init; }
    public required string? Locale { get; init; }
    public string Status { get; set; } = "open";
    public string PaymentStatus { get; set; } = "unpaid";
    public string? PaymentIntent { get; set; }

    /// <summary>The key may not read it.</summary>
    public bool IsForbidden { get; set; }
    public string Url => $"https://checkout.stripe.com/c/pay/{Id}";

    internal static (StripeSession? Session, StripeAnswer? Fault) Create(StripeForm form, string id, DateTimeOffset now)
    {
        if (form.Unknown(name => Known().IsMatch(name)) is { } unknown)
            return Wrong(unknown, "parameter_unknown");
        if (form["mode"] != "payment")
            return Wrong("mode");
        if (!IsAddress(form["success_url"]))
            return Wrong("success_url", "url_invalid");
        if (form["cancel_url"] is { } cancel && !IsAddress(cancel))
            return Wrong("cancel_url", "url_invalid");
        if (form["customer_email"] is { } email && !MailAddress.TryCreate(email, out _))
            return Wrong("customer_email", "email_invalid");
        if (form["locale"] is { } locale && !s_locales.Contains(locale))
            return Wrong("locale");
        // Stripe's own words: 30 minutes to 24 hours after the session is made.
        if (!long.TryParse(form["expires_at"], NumberStyles.None, null, out var expires)
            || expires < now.AddMinutes(30).ToUnixTimeSeconds() || expires > now.AddHours(24).ToUnixTimeSeconds())
            return Wrong("expires_at");
        var metadata = form.Map("metadata");
        if (metadata.Count > 50 || metadata.Any(pair => pair.Key.Length > 40 || pair.Value.Length > 500))
            return Wrong("metadata");
        var lines = new List<(string, long, int)>();
        string? currency = null;
        for (; form[$"line_items[{lines.Count}][quantity]"] is { } quantity; lines.Add((form[$"line_items[{lines.Count}][price_data][product_data][name]"]!, UnitAmount(), int.Parse(quantity))))
        {
            var item = $"line_items[{lines.Count}]";
            currency ??= form[$"{item}[price_data][currency]"];
            if (!int.TryParse(quantity, NumberStyles.None, null, out var count) || count is < 1 or > 999_999)
                return Wrong($"{item}[quantity]");
            if (currency is null || form[$"{item}[price_data][currency]"] != currency || !CurrencyForm().IsMatch(currency))
                return Wrong($"{item}[price_data][currency]");
            if (!long.TryParse(form[$"{item}[price_data][unit_amount]"], NumberStyles.None, null, out var amount)
                || currency is "isk" or "ugx" && amount % 100 != 0 || currency is "bhd" or "jod" or "kwd" or "omr" or "tnd" && amount % 10 != 0)
                return Wrong($"{item}[price_data][unit_amount]", "parameter_invalid_integer");
            if (string.IsNullOrWhiteSpace(form[$"{item}[price_data][product_data][name]"]))
                return Wrong($"{item}[price_data][product_data][name]", "parameter_missing");
        }

        if (lines.Count is 0 or > 100)
            return Wrong("line_items", "parameter_missing");
        return (new StripeSession
        {
            Id = id,
            AmountTotal = lines.Sum(line => line.Item2 * line.Item3),
            Currency = currency!,
            CreatedAt = now,
            ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(expires),
            Metadata = metadata,
            PaymentMetadata = form.Map("payment_intent_data[metadata]"),
            Lines = lines,
            ClientReferenceId = form["client_reference_id"],
            CustomerEmail = form["customer_email"],
            SuccessUrl = form["success_url"]!,
            CancelUrl = form["cancel_url"],
            Locale = form["locale"],
        }, null);

        long UnitAmount() => long.Parse(form[$"line_items[{lines.Count}][price_data][unit_amount]"]!);
    }

    public string ToJson() => JsonSerializer.Serialize(new
    {
        id = Id,
        @object = "checkout.session",
        amount_subtotal = AmountTotal,
        amount_total = AmountTotal,
        cancel_url = CancelUrl,
        client_reference_id = ClientReferenceId,
        created = CreatedAt.ToUnixTimeSeconds(),
        currency = Currency,
        customer = (string?)null,
        customer_details = new { email = CustomerEmail, name = "A buyer", phone = (string?)null },
        customer_email = CustomerEmail,
        expires_at = ExpiresAt.ToUnixTimeSeconds(),
        livemode = false,
        locale = Locale,
        metadata = Metadata,
        mode = "payment",
        payment_intent = PaymentIntent,
        payment_method_types = new[] { "card" },
        payment_status = PaymentStatus,
        status = Status,
        success_url = SuccessUrl,
        url = Status == "open" ? Url : null,
    });

    private static bool IsAddress(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";

    private static (StripeSession?, StripeAnswer?) Wrong(string parameter, string? code = null) =>
        (null, StripeAnswer.Error(400, "invalid_request_error", code, $"Invalid {parameter}.", parameter));

    [GeneratedRegex(@"^(mode|success_url|cancel_url|client_reference_id|customer_email|expires_at|locale|metadata\[[^\]]+\]|payment_intent_data\[metadata\]\[[^\]]+\]|adaptive_pricing\[enabled\]|line_items\[\d+\]\[(quantity|price_data\]\[(currency|unit_amount|product_data\]\[name))\])$")]
    private static partial Regex Known();

    [GeneratedRegex("^[a-z]{3}$")]
    private static partial Regex CurrencyForm();
}

/// <summary>Money that was taken, and how much of it has gone back.</summary>
public sealed class StripeCharge(string id, string paymentIntent, long amount, string currency, IReadOnlyDictionary<string, string> metadata)
{
    public string Id => id;
    public string PaymentIntent => paymentIntent;
    public long Amount => amount;
    public string Currency => currency;
    public long Refunded { get; set; }

    /// <summary>Through the API.</summary>
    public int RefundCount { get; set; }

    public string ToJson() => JsonSerializer.Serialize(new
    {
        id,
        @object = "charge",
        amount,
        amount_captured = amount,
        amount_refunded = Refunded,
        captured = true,
        currency,
        livemode = false,
        metadata,
        paid = true,
        payment_intent = paymentIntent,
        refunded = Refunded == amount,
        status = "succeeded",
    });
}

/// <summary>Money on its way back.</summary>
public sealed class StripeRefund(string id, StripeCharge charge, long amount, IReadOnlyDictionary<string, string> metadata, DateTimeOffset createdAt)
{
    public string Id => id;
    public StripeCharge Charge => charge;
    public long Amount => amount;
    public required string Status { get; set; }

    public string ToJson() => JsonSerializer.Serialize(new
    {
        id,
        @object = "refund",
        amount,
        charge = charge.Id,
        created = createdAt.ToUnixTimeSeconds(),
        currency = charge.Currency,
        failure_reason = Status == "failed" ? "lost_or_stolen_card" : null,
        metadata,
        payment_intent = charge.PaymentIntent,
        reason = (string?)null,
        status = Status,
    });
}

/// <summary>Events as Stripe sends them, and their signatures: right, and wrong in every way.</summary>
public static class StripeEvents
{
    public static string Of(string type, string subjectJson, TimeProvider clock, string? account = null, string? id = null)
    {
        id ??= $"evt_{RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 24)}";
        var connected = account is null ? "" : $"\"account\":\"{account}\",";
        return $$"""
            {"id":"{{id}}","object":"event",{{connected}}"api_version":"2024-06-20","created":{{clock.GetUtcNow().ToUnixTimeSeconds()}},
            "data":{"object":{{subjectJson}}},"livemode":false,"pending_webhooks":1,"request":{"id":null,"idempotency_key":null},"type":"{{type}}"}
            """;
    }

    /// <summary>The header for this body at this time.</summary>
    public static string Sign(string body, DateTimeOffset at, string secret = StripeDouble.WebhookSecret) => $"t={at.ToUnixTimeSeconds()},v1={Signature(body, at, secret)}";

    public static string Signature(string body, DateTimeOffset at, string secret = StripeDouble.WebhookSecret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{at.ToUnixTimeSeconds()}.{body}")));
}
