using Maydon.Kernel.Http;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

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
        cart.MapGet("/", Get).WithSummary("My cart, with the prices of now");
        cart.MapPost("/", Add).WithSummary("Put something in; quantities add up").WithProblems(400, 404, 409, 422);
        cart.MapPatch("/", Set).WithSummary("How many of it there are to be; 0 takes it out").WithProblems(400, 404, 409, 422);
        cart.MapDelete("/", Remove).WithSummary("Take one thing out, or, without a body, everything").WithProblems(400, 409, 422);
    }

    private static async Task<Ok<CartAnswer>> Get(CallersCart carts, MaydonSettings settings, HttpResponse response, CancellationToken cancellationToken)
    {
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(CartAnswer.Of(await carts.FindAsync(cancellationToken), settings));
    }

    private static async Task<Results<Ok<CartAnswer>, Problem>> Add(AddToCartRequest request, ChangeCart change, MaydonSettings settings, CancellationToken cancellationToken) =>
        Answer(await change.AddAsync(request.VariantId!.Value, request.Quantity, cancellationToken), settings);

    private static async Task<Results<Ok<CartAnswer>, Problem>> Set(SetCartLineRequest request, ChangeCart change, MaydonSettings settings, CancellationToken cancellationToken) =>
        Answer(await change.SetAsync(request.VariantId!.Value, request.Quantity!.Value, cancellationToken), settings);

    private static async Task<Results<Ok<CartAnswer>, Problem>> Remove(
        [FromBody] RemoveFromCartRequest? request, ChangeCart change, MaydonSettings settings, CancellationToken cancellationToken) =>
        Answer(request is null ? await change.EmptyAsync(cancellationToken) : await change.RemoveAsync(request.VariantId!.Value, cancellationToken), settings);

    private static Results<Ok<CartAnswer>, Problem> Answer((FilledCart? Cart, Problem? Refusal) change, MaydonSettings settings) =>
        change.Refusal is { } refusal ? refusal : TypedResults.Ok(CartAnswer.Of(change.Cart!, settings));
}
