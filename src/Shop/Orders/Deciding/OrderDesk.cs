using Maydon.Inventory;
using Maydon.Inventory.Claims;
using Maydon.Kernel.Outbox;
using Maydon.Shop.Orders.Mails;
using Maydon.Shop.Payments;
using Maydon.Shop.Payments.Refunds;
using Maydon.Shop.Payments.Settling;
using Maydon.Shop.Stock;

namespace Maydon.Shop.Orders.Deciding;

/// <summary>
/// Where the requests of a batch decide: the orders, payments and variants they named, as stored and as the decisions so far have changed
/// them, and the rows that are to be written.
/// </summary>
internal sealed partial class OrderDesk(IdStash orderIds, IdStash paymentIds)
{
    private readonly Dictionary<long, OrderState> _orders = [];
    private readonly Dictionary<long, OrderState> _ordersByClaim = [];
    private readonly Dictionary<Guid, OrderState> _ordersByCart = [];
    private readonly Dictionary<long, VariantFacts> _variants = [];
    private readonly Dictionary<long, List<PaymentState>> _payments = [];
    private readonly HashSet<(string Provider, string EventId)> _events = [];
    private readonly OrderRows _rows = new();

    /// <summary>Where stock is taken, confirmed, extended and released. <see cref="Take"/> and <see cref="Cancel"/> do what belongs to it.</summary>
    public ClaimDesk Claims { get; private set; } = null!;

    /// <summary>The time of the batch: what its rows carry.</summary>
    public DateTimeOffset Now => Claims.Now;

    public OrderRows Rows => _rows;

    /// <summary>Of the buyers that the requests named.</summary>
    public UnpaidOrders Unpaid { get; } = new();

    public OrderState? Find(long id) => _orders.GetValueOrDefault(id);

    public OrderState? FindByClaim(long claimId) => _ordersByClaim.GetValueOrDefault(claimId);

    /// <summary>The order that was made from this cart.</summary>
    public OrderState? FindByCart(Guid cartRef)
    {
        var found = _ordersByCart.GetValueOrDefault(cartRef);
        var isNew = found is null;
        IgnoreGuard("cart", ref isNew);
        return isNew ? null : found;
    }

    /// <summary>Whether this event of a provider has had its effect.</summary>
    public bool KnowsEvent(PaymentNews news) => _events.Contains((news.Provider, news.EventId));

    public VariantFacts? Variant(long id) => _variants.GetValueOrDefault(id);

    /// <summary>All attempts to pay the order, the first first.</summary>
    public IReadOnlyList<PaymentState> PaymentsOf(long orderId) => _payments.GetValueOrDefault(orderId) ?? [];

    public long NextOrderId() => orderIds.Next();

    public long NextPaymentId() => paymentIds.Next();

    /// <summary>Takes all the lines from the stock, or nothing.</summary>
    public TakeResult Take(IEnumerable<OrderLine> lines, string reason, DateTimeOffset? heldUntil)
    {
        var taken = Claims.Take(OrderClaims.Kind, [.. lines.Select(line => new Taking(VariantStock.Of(line.VariantId), line.Quantity))], reason, heldUntil);
        if (taken.ClaimId is not null)
            _rows.StockChanged(lines);
        return taken;
    }

    /// <summary>Ends the order, gives its stock back, and has what was paid refunded. The order must be pending or paid.</summary>
    public OrderState Cancel(OrderState order, string reason, long? changedBy)
    {
        if (Claims.Release(order.ClaimId, reason) != ClaimChange.Done)
            throw new InvalidOperationException($"Order {order.Id} is {order.Status} without the stock of its claim {order.ClaimId}.");
        return Ended(order, reason, changedBy);
    }

    /// <summary>The same for an order whose stock has been given back in this decision.</summary>
    public OrderState Ended(OrderState order, string reason, long? changedBy)
    {
        _rows.StockChanged(order.Lines);
        foreach (var paid in PaymentsOf(order.Id).Where(payment => payment.Status == PaymentStatus.Paid).ToList())
            Keep(paid with { Status = PaymentStatus.RefundDue, UpdatedAt = Now, Note = reason });
        return Change(
            order with { Status = OrderStatus.Cancelled, HoldExpiresAt = null, CancelledAt = Now, CancelReason = reason },
            reason, changedBy, OrderMailKinds.Cancelled);
    }

    public OrderState Add(OrderState order)
    {
        Learn(order);
        _rows.Added(order);
        _rows.Changed(new OrderChange(order.Id, FromStatus: null, order.Status, order.UserId, "ordered", Now));
        _rows.Mail(OrderMailKinds.About(OrderMailKinds.Received, order, Now));
        return order;
    }

    /// <summary>Stores the order as it is given, and a line of its history when its status is another one.</summary>
    /// <param name="mail">One of <see cref="OrderMailKinds"/>.</param>
    public OrderState Change(OrderState order, string reason, long? changedBy, string? mail = null)
    {
        var before = _orders[order.Id];
        order = order with { UpdatedAt = Now };
        Learn(order);
        _rows.Changed(order);
        if (before.Status != order.Status)
            _rows.Changed(new OrderChange(order.Id, before.Status, order.Status, changedBy, reason, Now));
        if (mail is not null)
            _rows.Mail(OrderMailKinds.About(mail, order, Now));
        return order;
    }

    /// <summary>Stores an event of a provider with what it came to.</summary>
    public void Record(PaymentEvent received)
    {
        LearnEvent(received.News.Provider, received.News.EventId);
        _rows.Received(received);
    }

    /// <summary>Stores a payment, new or known. One whose money is to go back, and nobody was asked for it, is given to the outbox.</summary>
    public PaymentState Keep(PaymentState payment)
    {
        var payments = _payments.TryGetValue(payment.OrderId, out var known) ? known : _payments[payment.OrderId] = [];
        var place = payments.FindIndex(one => one.Id == payment.Id);
        if (payment.IsToBeRefunded && (place < 0 || !payments[place].IsToBeRefunded))
            _rows.Mail(RefundPayment.About(payment, Now));
        if (place < 0)
            payments.Add(payment);
        else
            payments[place] = payment;
        _rows.Keep(payment, isNew: place < 0);
        return payment;
    }

    internal void Open(ClaimDesk claims) => Claims = claims;

    internal void Learn(OrderState order)
    {
        _orders[order.Id] = order;
        _ordersByClaim[order.ClaimId] = order;
        _ordersByCart[order.CartRef] = order;
    }

    internal void Learn(PaymentState payment)
    {
        if (!_payments.TryGetValue(payment.OrderId, out var payments))
            _payments.Add(payment.OrderId, payments = []);
        payments.Add(payment);
    }

    internal void LearnEvent(string provider, string eventId) => _events.Add((provider, eventId));

    internal void Learn(long variantId, VariantFacts variant) => _variants.Add(variantId, variant);

    /// <summary>See <see cref="ClaimDesk"/>: a release build has no body for it.</summary>
    static partial void IgnoreGuard(string guard, ref bool holds);
}
