using Maydon.Kernel.Persistence;

namespace Maydon.Catalog.Webhooks.Sending;

/// <summary>Makes one attempt: body, signature, request.</summary>
internal sealed class SendDelivery(WebhookBodies bodies, WebhookSender sender, WebhookSecretSeal seal, TimeProvider clock)
{
    public async Task<ReceiverAnswer> SendAsync(DeliveryAttempt attempt, CancellationToken cancellationToken)
    {
        if (seal.Open(attempt.SealedSecret, attempt.WebhookId) is not { } secret)
            return new ReceiverAnswer(Status: null, Text: null, "The secret was sealed under another SECRET_KEY: make a new one.", Milliseconds: 0) { IsOurFault = true };
        var body = await bodies.ReadAsync(attempt, cancellationToken);
        return await sender.SendAsync(attempt, body, secret.Sign(clock.Now(), body), cancellationToken);
    }
}
