using System.Text.Json;
using Maydon.Catalog.Changes;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Maydon.Catalog.Webhooks.Sending;

/// <summary>What a receiver is sent.</summary>
/// <param name="Id">The same however often it is sent, and never another's: by it the receiver knows that it has seen it before.</param>
/// <param name="Event">changes or ping.</param>
/// <param name="Since">The cursor that the changes come after: the <paramref name="Next"/> of the delivery before this one, unless that was never taken.</param>
/// <param name="Next">The cursor of the last change: from here <c>/api/v1/changes/</c> goes on.</param>
internal sealed record WebhookBody(Guid Id, long Subscription, string Event, string List, string? Since, string? Next, IReadOnlyList<ChangeItem> Changes);

/// <summary>Read anew for every attempt: the feed forgets nothing, so nothing need be kept twice, and a repetition is the same.</summary>
internal sealed class WebhookBodies(ChangeFeed feed, IOptions<JsonOptions> json)
{
    public async Task<byte[]> ReadAsync(DeliveryAttempt attempt, CancellationToken cancellationToken)
    {
        var part = attempt is { Since: { } since, FirstPosition: { } first, LastPosition: { } last } ? await feed.ReadPartAsync(attempt.List, since, first, last, cancellationToken) : null;
        return JsonSerializer.SerializeToUtf8Bytes(
            new WebhookBody(attempt.SentAs, attempt.WebhookId, attempt.Event, attempt.List, part?.Since, part?.Changes[^1].Cursor, part?.Changes ?? []),
            json.Value.SerializerOptions);
    }
}
