using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Shop.Carts;

public sealed record AddToCartRequest
{
    [RequiredField]
    public long? VariantId { get; init; }

    [Within(1, CartLimits.MostOfOne)]
    public int Quantity { get; init; } = 1;
}

public sealed record SetCartLineRequest
{
    [RequiredField]
    public long? VariantId { get; init; }

    /// <summary>None takes it out.</summary>
    [RequiredField, Within(0, CartLimits.MostOfOne)]
    public int? Quantity { get; init; }
}

public sealed record RemoveFromCartRequest
{
    [RequiredField]
    public long? VariantId { get; init; }
}

/// <summary><c>/api/cart/</c>: the one cart of whoever asks, signed in or not.</summary>
internal static class CartEndpoints
{
    public static void MapCarts(this IEndpointRouteBuilder routes)
    {
        var cart = routes.MapGroup("/api/cart").WithTags("cart").AllowAnonymous().WithProblems(503);
        cart.MapGet("/", Get).WithSummary("My cart, at current prices");
        var changes = cart.MapGroup("");
        if (routes.ServiceProvider.GetRequiredService<MaydonSettings>().RedisUrl is null)
            changes.RecordsOwnAnswer();
        changes.MapPost("/", Add).WithSummary("Put something in; quantities add up").WithProblems(400, 404, 409, 422);
        changes.MapPatch("/", Set).WithSummary("How many of it there are to be; 0 takes it out").WithProblems(400, 404, 409, 422);
        changes.MapDelete("/", Remove).WithSummary("Take one thing out, or, without a body, everything").WithProblems(400, 409, 422);
    }

    private static async Task<Ok<CartAnswer>> Get(CallersCart carts, MaydonSettings settings, HttpResponse response, CancellationToken cancellationToken)
    {
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(CartAnswer.Of(await carts.FindAsync(cancellationToken), settings));
    }

    private static async Task<Results<Ok<CartAnswer>, Problem, RepeatedAnswer>> Add(AddToCartRequest request, ICartChanges changes, MaydonSettings settings, HttpContext context) =>
        Answer(await changes.AddAsync(request.VariantId!.Value, request.Quantity, context), settings);

    private static async Task<Results<Ok<CartAnswer>, Problem, RepeatedAnswer>> Set(SetCartLineRequest request, ICartChanges changes, MaydonSettings settings, HttpContext context) =>
        Answer(await changes.SetAsync(request.VariantId!.Value, request.Quantity!.Value, context), settings);

    private static async Task<Results<Ok<CartAnswer>, Problem, RepeatedAnswer>> Remove(
        [FromBody] RemoveFromCartRequest? request, ICartChanges changes, MaydonSettings settings, HttpContext context) =>
        Answer(request is null ? await changes.EmptyAsync(context) : await changes.RemoveAsync(request.VariantId!.Value, context), settings);

    private static Results<Ok<CartAnswer>, Problem, RepeatedAnswer> Answer(CartOutcome outcome, MaydonSettings settings)
    {
        if (outcome.Cart is { } cart)
            return TypedResults.Ok(CartAnswer.Of(cart, settings));
        return outcome.Refusal is { } refusal ? refusal : outcome.Repeated!;
    }
}
