using Maydon.Inventory;
using Maydon.Inventory.Claims;
using Maydon.Kernel.Http;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Shop.Orders.Changing;
using Maydon.Shop.Stock;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Maydon.Shop.Orders.Deciding;

/// <summary>Everything that changes an order or its stock, through the claim writer: one handler, so that whoever comes second sees the first.</summary>
internal sealed class OrderClaims(ClaimQueue queue, StockChanges stock, NpgsqlDataSource database, IOptions<JsonOptions> json) : ClaimHandler<OrderRequest, OrderDecision>(queue)
{
    public const string Kind = "order";

    private static readonly OrderDecision s_unavailable = Problem.Unavailable(ClaimQueue.RetryAfter);
    // They are in the orders' numbers: a bookkeeper asks where missing ones are.
    private readonly IdStash _orderIds = new("shop.orders_id_seq", block: 1);
    private readonly IdStash _paymentIds = new("shop.payments_id_seq");

    public override string ClaimKind => Kind;

    /// <summary>For a request of the API, with its <c>Idempotency-Key</c> if it carries one.</summary>
    /// <param name="status">Of the answer when there is an order; <paramref name="body"/> makes its body.</param>
    public Task<OrderDecision> DecideAsync<TBody>(
        OrderRequest request, int status, Func<OrderDecision, TBody> body, HttpContext context, Func<OrderDecision, string>? location = null)
    {
        if (IdempotencyTicket.Of(context) is { } ticket)
        {
            request = request with
            {
                Recording = new Recording<OrderDecision>(ticket, decision => decision.Refusal is { } refusal
                    ? StoredAnswer.Of(refusal, ticket)
                    : StoredAnswer.Of(status, body(decision), json.Value.SerializerOptions, location?.Invoke(decision))),
            };
        }

        return DecideAsync(request, context.RequestAborted);
    }

    public async Task<OrderDecision> DecideAsync(OrderRequest request, CancellationToken cancellationToken) =>
        (await SubmitAsync(request, cancellationToken)).Result ?? s_unavailable;

    /// <summary>What an order's lines are of, for a request about it: they never change. Null when there is no such order.</summary>
    public async Task<IReadOnlyList<long>?> FindVariantsAsync(long orderId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select array_agg(variant_id) from shop.order_lines where order_id = $1");
        command.Parameters.Add(new() { Value = orderId });
        return await command.ExecuteScalarAsync(cancellationToken) as long[];
    }

    public override IEnumerable<PoolKey> PoolsOf(OrderRequest request) => request.VariantIds.Select(VariantStock.Of);

    public override OrderRound BeginRound(IReadOnlyList<OrderRequest> requests) => new(requests, _orderIds, _paymentIds, stock);

    protected override OrderRequest ExpiryOf(DueHold hold) => new ExpireOrder(hold.ClaimId, [.. hold.Pools.Select(pool => pool.SubjectId)]);
}
