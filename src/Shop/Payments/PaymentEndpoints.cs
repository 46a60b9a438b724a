using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Shop.Orders.Reading;
using Maydon.Shop.Payments.Starting;
using Maydon.Shop.Payments.Stripe;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Shop.Payments;

/// <summary>Which order is to be paid.</summary>
/// <param name="Token">Of the link in the mail, for a guest in another browser than the one that ordered; <c>?token=</c> is the same.</param>
public sealed record CheckoutSessionRequest([property: RequiredField] long? OrderId, [property: MaxLine(200)] string? Token = null);

/// <summary>Where the buyer pays. The same address as long as the page is open.</summary>
public sealed record CheckoutSessionAnswer(string CheckoutUrl);

internal static class PaymentEndpoints
{
    public static void MapPayments(this IEndpointRouteBuilder routes)
    {
        // Asking again is answered with the same page, with a key or without: so no transaction of a key stands open while the provider is asked.
        routes.MapPost("/api/create-checkout-session/", CreateCheckoutSession).WithTags("payments").AllowAnonymous().WithoutIdempotency()
            .WithSummary("The page on which an order is paid").WithProblems(400, 404, 409, 503);
        routes.MapStripeWebhook();
    }

    private static async Task<Results<Ok<CheckoutSessionAnswer>, Problem>> CreateCheckoutSession(
        CheckoutSessionRequest body, string? token, StartPayment start, CurrentOrderAccess access, CancellationToken cancellationToken)
    {
        var orderId = body.OrderId!.Value;
        var (url, refusal) = await start.ExecuteAsync(orderId, access.By(body.Token ?? token), cancellationToken);
        return refusal is not null ? refusal : TypedResults.Ok(new CheckoutSessionAnswer(url!));
    }
}
