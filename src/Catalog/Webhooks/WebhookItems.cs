using System.ComponentModel;
using Maydon.Kernel.Http;
using Microsoft.AspNetCore.Mvc;

namespace Maydon.Catalog.Webhooks;

public sealed class CreateWebhookRequest
{
    [RequiredField, OneOf("project", "client", "nomenklatura")]
    public string? List { get; init; }

    [RequiredField, MaxLine(ReceiverAddress.MostLetters), Description("https; plain http only to loopback and private addresses.")]
    public string? Url { get; init; }
}

/// <summary>Absent fields stay as they are.</summary>
public sealed class ChangeWebhookRequest
{
    [MaxLine(ReceiverAddress.MostLetters)]
    public string? Url { get; init; }

    [Description("False keeps deliveries back; true sends what has been kept back since.")]
    public bool? IsActive { get; init; }
}

/// <param name="IsActive">Whether deliveries are sent.</param>
/// <param name="GoneAt">When it was switched off because the receiver had answered 410.</param>
/// <param name="Waiting">Deliveries that wait for their first or another attempt.</param>
/// <param name="Dead">Deliveries of the last 30 days that were given up.</param>
public sealed record WebhookItem(long Id, string List, string Url, bool IsActive, DateTimeOffset? GoneAt, DateTimeOffset CreatedAt, long Waiting, long Dead);

/// <summary><c>secret</c> is shown this once.</summary>
public sealed record NewWebhook(string Secret, WebhookItem Webhook);

public sealed class WebhookQuery : ListQuery;

public sealed class DeliveryQuery : ListQuery
{
    [FromQuery(Name = "state"), OneOf("waiting", "delivered", "dead"), Description("Only those that are waiting, delivered or dead.")]
    public string? State { get; set; }
}

/// <param name="Event">changes or ping.</param>
/// <param name="ReplayOf">The delivery that it repeats.</param>
/// <param name="State">waiting, delivered or dead.</param>
/// <param name="Changes">How many there are in it.</param>
/// <param name="NextAttemptAt">Of one that waits.</param>
/// <param name="Status">What the receiver answered last; null when it did not answer.</param>
/// <param name="Answer">The first 500 characters of that.</param>
/// <param name="Error">Why there was no answer, in English.</param>
/// <param name="SentAs">The <c>id</c> that receivers see, of a repetition that of the first.</param>
public sealed record DeliveryItem(
    long Id, string Event, long? ReplayOf, string State, int Changes, int Attempts, DateTimeOffset CreatedAt, DateTimeOffset? LastAttemptAt, DateTimeOffset? NextAttemptAt,
    DateTimeOffset? EndedAt, int? Status, string? Answer, string? Error, int? DurationMs, Guid SentAs);
