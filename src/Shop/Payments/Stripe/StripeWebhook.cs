using System.Buffers;
using System.Text;
using System.Text.Json;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Maydon.Shop.Payments.Settling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Shop.Payments.Stripe;

/// <summary>The event is stored, and what follows from it is done.</summary>
public sealed record WebhookAnswer(bool Received);

/// <summary>
/// Where Stripe tells what became of payments. Anybody can call: only who has the secret is heard. 200 says that it is stored; with anything
/// else Stripe comes again, for three days.
/// </summary>
internal static class StripeWebhook
{
    // An event holds one session or charge: some KiB. What is not signed is not read any further than this.
    private const int LargestBody = 256 * 1024;

    public static void MapStripeWebhook(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/webhooks/stripe/", Receive).WithTags("payments").AllowAnonymous().WithoutIdempotency().WithoutThrottle()
            .WithSummary("Events of Stripe, signed by Stripe")
            .WithDescription("The body is the event as Stripe sends it, and `Stripe-Signature` signs it: at most 300 seconds old, at most 256 KiB.")
            .WithProblems(400, 413, 503);

    private static async Task<Results<Ok<WebhookAnswer>, Problem>> Receive(
        HttpRequest request, TakeNews takeNews, MaydonSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (settings.Shop.Stripe is not { SecretKey: not null, WebhookSecret: { } secret })
            return Problem.Of(StatusCodes.Status503ServiceUnavailable, "payments_unconfigured");
        if (await ReadAsync(request, cancellationToken) is not { } body)
            return Problem.Of(StatusCodes.Status413PayloadTooLarge, "payload_too_large");
        // As text, not as a list: a header that comes twice is not what Stripe sends.
        if (!StripeSignature.IsSound(request.Headers["Stripe-Signature"] is [{ } header] ? header : null, body, secret, clock.Now()))
            return Problem.Of(StatusCodes.Status400BadRequest, "invalid_signature");
        if (Parse(body, settings) is not { } news)
            return Problem.Of(StatusCodes.Status400BadRequest, "malformed");
        return await takeNews.ExecuteAsync(news, cancellationToken) is { } refusal ? refusal : TypedResults.Ok(new WebhookAnswer(Received: true));
    }

    private static PaymentNews? Parse(byte[] body, MaydonSettings settings)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return StripeSessions.ReadEvent(document.RootElement, Encoding.UTF8.GetString(body), settings);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The very bytes that were signed; null when there are too many.</summary>
    private static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > LargestBody)
            return null;
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > LargestBody)
            {
                // Given back, or the server fails over the rest of it.
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
