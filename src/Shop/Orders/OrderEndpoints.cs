using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Kernel.Settings;
using Maydon.Shop.Orders.Changing;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Orders.Placing;
using Maydon.Shop.Orders.Reading;
using Maydon.Shop.Orders.Receipts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Shop.Orders;

public sealed record ChangeStatusRequest
{
    [RequiredField, OneOf(OrderStatus.Pending, OrderStatus.Paid, OrderStatus.Shipped, OrderStatus.Delivered, OrderStatus.Cancelled)]
    public string? Status { get; init; }
}

/// <summary><c>/api/checkout/</c> and <c>/api/orders/</c>: buyers make, read and cancel their own orders, signed in or not; staff see to all of them.</summary>
internal static class OrderEndpoints
{
    private const string ReceiptType = "application/pdf";

    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/checkout/", Checkout).WithTags("orders").AllowAnonymous().RecordsOwnAnswer().LimitPerAddress("orders", throttles => throttles.Orders)
            .WithSummary("Order what is in the cart").WithProblems(400, 409, 422, 503);

        var orders = routes.MapGroup("/api/orders").WithTags("orders").AllowAnonymous();
        orders.MapGet("/", List).WithSummary("My orders, the newest first; all for staff").WithProblems(400, 401, 404);
        orders.MapGet("/{id:long}/", Get).WithSummary("One order with its history; a guest may come by the link in the mail").WithProblems(404);
        orders.MapGet("/{id:long}/receipt/", GetReceipt).WithSummary("The receipt of a paid order, as PDF").WithProblems(404, 409, 503)
            .Produces<Stream>(StatusCodes.Status200OK, ReceiptType);
        orders.MapPost("/{id:long}/cancel/", Cancel).RecordsOwnAnswer()
            .WithSummary("Cancel an order that is not paid; staff also one that is, and it is refunded").WithProblems(404, 409, 422, 503);

        var staff = routes.MapGroup("/api/orders").WithTags("orders").RequireAuthorization(Policies.Staff).RecordsOwnAnswer();
        staff.MapPatch("/{id:long}/", Change).WithSummary("Move an order on: paid → shipped → delivered, or cancelled").WithProblems(400, 401, 403, 404, 409, 422, 503);
    }

    private static async Task<Results<Created<CheckoutAnswer>, Problem, RepeatedAnswer>> Checkout(CheckoutRequest request, CheckOut checkOut, HttpContext context)
    {
        var decision = await checkOut.ExecuteAsync(request, context);
        if (decision.Order is not null)
            return TypedResults.Created(CheckOut.LocationOf(decision), CheckoutAnswer.From(decision));
        return decision.Refusal is { } refusal ? refusal : decision.Repeated!;
    }

    private static async Task<Results<Ok<Page<OrderItem>>, Problem>> List(
        [AsParameters] OrderQuery query, OrderReads orders, CurrentOrderAccess access, HttpContext context, CancellationToken cancellationToken)
    {
        if (query.Check() is { } refusal)
            return refusal;
        var any = access.Any;
        if (any is { UserId: null, GuestHash: null })
            return Problem.Of(StatusCodes.Status401Unauthorized, "not_authenticated");
        context.Response.Headers.CacheControl = "no-store";
        return await orders.PageAsync(any, query, context.Request, cancellationToken) is { } page ? TypedResults.Ok(page) : Problem.NotFound("invalid_page");
    }

    private static async Task<Results<Ok<OrderDetails>, Problem>> Get(
        long id, string? token, OrderReads orders, CurrentOrderAccess access, HttpResponse response, CancellationToken cancellationToken)
    {
        response.Headers.CacheControl = "no-store";
        return await orders.FindDetailsAsync(id, access.By(token), cancellationToken) is { } found ? TypedResults.Ok(found) : Problem.NotFound("order_not_found");
    }

    private static async Task<Results<FileContentHttpResult, Problem>> GetReceipt(
        long id, string? token, OrderReads orders, CurrentOrderAccess access, MaydonSettings settings, HttpResponse response, CancellationToken cancellationToken)
    {
        if (await orders.FindAsync(id, access.By(token), cancellationToken) is not { } order)
            return Problem.NotFound("order_not_found");
        if (order.Status is OrderStatus.Pending or OrderStatus.Cancelled)
            return Problem.Conflict(order.Status == OrderStatus.Pending ? "order_not_paid" : "order_cancelled");
        if (ReceiptFonts.Find() is not { } fonts)
            return Problem.Of(StatusCodes.Status503ServiceUnavailable, "receipts_unavailable");
        response.Headers.CacheControl = "no-store";
        return TypedResults.File(Receipt.Draw(order, settings.PublicUrl, fonts), ReceiptType, Receipt.FileName(order));
    }

    private static async Task<Results<Ok<OrderItem>, Problem, RepeatedAnswer>> Cancel(long id, string? token, OrderClaims claims, CurrentOrderAccess access, HttpContext context)
    {
        if (await claims.FindVariantsAsync(id, context.RequestAborted) is not { } variants)
            return Problem.NotFound("order_not_found");
        return Answer(await claims.DecideAsync(new CancelOrder(id, access.By(token), variants), StatusCodes.Status200OK, ToItem, context));
    }

    private static async Task<Results<Ok<OrderItem>, Problem, RepeatedAnswer>> Change(long id, ChangeStatusRequest request, OrderClaims claims, CurrentUser user, HttpContext context)
    {
        if (await claims.FindVariantsAsync(id, context.RequestAborted) is not { } variants)
            return Problem.NotFound("order_not_found");
        return Answer(await claims.DecideAsync(new ChangeOrderStatus(id, request.Status!, user.Id, variants), StatusCodes.Status200OK, ToItem, context));
    }

    private static OrderItem ToItem(OrderDecision decision) => OrderItem.From(decision.Order!);

    private static Results<Ok<OrderItem>, Problem, RepeatedAnswer> Answer(OrderDecision decision)
    {
        if (decision.Order is { } order)
            return TypedResults.Ok(OrderItem.From(order));
        return decision.Refusal is { } refusal ? refusal : decision.Repeated!;
    }
}
