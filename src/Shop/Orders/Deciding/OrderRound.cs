using Maydon.Inventory.Claims;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Shop.Payments;
using Maydon.Shop.Payments.Settling;
using Maydon.Shop.Stock;
using Npgsql;

namespace Maydon.Shop.Orders.Deciding;

/// <summary>The orders of one batch: reads what the requests name, lets them decide at the desk, and writes what came of it.</summary>
internal sealed class OrderRound(IReadOnlyList<OrderRequest> requests, IdStash orderIds, IdStash paymentIds, StockChanges stock) : ClaimRound<OrderRequest, OrderDecision>
{
    private readonly long[] _orderIds = [.. requests.Select(request => request.OrderId).OfType<long>().Distinct()];
    private readonly long[] _claimIds = [.. requests.Select(request => request.ClaimId).OfType<long>().Distinct()];
    private readonly Guid[] _cartRefs = [.. requests.Select(request => request.CartRef).OfType<Guid>().Distinct()];
    private readonly OrderDesk _desk = new(orderIds, paymentIds);
    private readonly BatchAnswers _answers = new([.. requests.Select(request => request.Recording?.Ticket).OfType<IdempotencyTicket>()]);

    private bool _skipsLocked;

    private bool NamesOrders => _orderIds.Length > 0 || _claimIds.Length > 0;

    public override void AddReads(ClaimReads reads)
    {
        _skipsLocked = reads.SkipsLocked;
        if (_cartRefs.Length > 0)
        {
            var variantIds = requests.Where(request => request.CartRef is not null).SelectMany(request => request.VariantIds).Distinct();
            reads.Add(VariantStatements.Read([.. variantIds]), row => _desk.Learn(row.GetInt64(0), VariantStatements.ReadFacts(row)));
            reads.Add(OrderStatements.ReadOfCarts([.. _cartRefs, .. requests.SelectMany(request => request.MergedCarts)]), LearnOrders());
            orderIds.AddRead(reads, _cartRefs.Length);
            if (requests.Select(request => request.Buyer).OfType<LimitedBuyer>().ToList() is { Count: > 0 } buyers)
            {
                reads.Add(UnpaidOrders.ReadPlaces(buyers), _desk.Unpaid.LearnPlace);
                reads.Add(UnpaidOrders.ReadMailboxes(buyers, reads.Now), _desk.Unpaid.LearnMailbox);
            }
        }

        if (NamesOrders)
        {
            reads.Add(OrderStatements.Read(_orderIds, _claimIds), LearnOrders());
            reads.Add(PaymentStatements.Read(_orderIds, _claimIds), row => _desk.Learn(PaymentStatements.ReadState(row)));
        }

        if (requests.Select(request => request.Event).OfType<PaymentNews>().ToList() is { Count: > 0 } events)
            reads.Add(PaymentEventStatements.Read(events), row => _desk.LearnEvent(row.GetString(0), row.GetString(1)));
        if (requests.Sum(request => request.NewPayments) is > 0 and var payments)
            paymentIds.AddRead(reads, payments);
        if (_answers.Queries(reads.Now) is { Count: > 0 } queries)
            reads.Add(queries, _answers.ReadAsync);
    }

    public override NpgsqlBatchCommand? ClaimsToLoad() => NamesOrders ? OrderStatements.ClaimsOf(_orderIds, _claimIds) : null;

    public override OrderDecision Decide(OrderRequest request, ClaimDesk desk)
    {
        _desk.Open(desk);
        if (request.Recording is { } known && _answers.Known(known.Ticket) is { } earlier)
            return OrderDecision.From(earlier);
        var decision = request.Decide(_desk);
        if (request.Recording is { } first)
            _answers.Store(first.Ticket, first.Write(decision));
        return decision;
    }

    public override void AddWrites(NpgsqlBatchCommandCollection writes)
    {
        _answers.AddWrites(writes);
        // Whoever has locked a cart must not keep everybody's orders waiting.
        _desk.Rows.AddWrites(writes, stock, emptiesCarts: !_skipsLocked);
    }

    public override Task CommittedAsync() => stock.TellNowAsync(_desk.Rows.ProductsWithNewStock);

    /// <summary>A row for each line; an order is known from its first.</summary>
    private Action<NpgsqlDataReader> LearnOrders()
    {
        var linesOf = new Dictionary<long, List<OrderLine>>();
        return row =>
        {
            var id = row.GetInt64(0);
            if (!linesOf.TryGetValue(id, out var lines))
            {
                linesOf.Add(id, lines = []);
                _desk.Learn(OrderStatements.ReadState(row, lines));
            }

            lines.Add(OrderStatements.ReadLine(row));
        };
    }
}
