using Maydon.Kernel.Outbox;
using Maydon.Shop.Carts.InPostgres;
using Maydon.Shop.Payments.Settling;
using Maydon.Shop.Stock;
using Npgsql;

namespace Maydon.Shop.Orders.Deciding;

/// <summary>A row of <c>shop.order_changes</c>. <paramref name="ChangedBy"/> null: a guest or a program.</summary>
internal sealed record OrderChange(long OrderId, string? FromStatus, string ToStatus, long? ChangedBy, string Reason, DateTimeOffset At);

/// <summary>What a batch of decisions writes, as it is in the end: one statement for each kind of row.</summary>
internal sealed class OrderRows
{
    private readonly Dictionary<long, OrderState> _added = [];
    private readonly Dictionary<long, OrderState> _changed = [];
    private readonly List<OrderChange> _changes = [];
    private readonly Dictionary<long, PaymentState> _addedPayments = [];
    private readonly Dictionary<long, PaymentState> _changedPayments = [];
    private readonly List<PaymentEvent> _events = [];
    private readonly List<OutboxMessage> _mails = [];
    private readonly HashSet<long> _productsWithNewStock = [];

    private readonly List<OrderedCartLine> _emptied = [];

    public IReadOnlyCollection<long> ProductsWithNewStock => _productsWithNewStock;

    public void Added(OrderState order) => _added.Add(order.Id, order);

    public void Changed(OrderState order) => (_added.ContainsKey(order.Id) ? _added : _changed)[order.Id] = order;

    public void Changed(OrderChange change) => _changes.Add(change);

    public void Keep(PaymentState payment, bool isNew) => (isNew || _addedPayments.ContainsKey(payment.Id) ? _addedPayments : _changedPayments)[payment.Id] = payment;

    public void Received(PaymentEvent received) => _events.Add(received);

    /// <summary>What was ordered is taken out of its cart, where carts lie beside the orders.</summary>
    public void Emptied(OrderState order) => _emptied.AddRange(order.Lines.Select(line => new OrderedCartLine(order.CartRef, line.VariantId, line.Quantity)));

    public void Mail(OutboxMessage mail) => _mails.Add(mail);

    public void StockChanged(IEnumerable<OrderLine> lines) => _productsWithNewStock.UnionWith(lines.Select(line => line.ProductId));

    /// <param name="emptiesCarts">Otherwise each is found spent, and emptied, when somebody looks at it.</param>
    public void AddWrites(NpgsqlBatchCommandCollection writes, StockChanges stock, bool emptiesCarts)
    {
        if (_added.Count > 0)
        {
            writes.Add(OrderStatements.Insert([.. _added.Values]));
            writes.Add(OrderStatements.InsertLines([.. _added.Values]));
        }

        if (_changed.Count > 0)
            writes.Add(OrderStatements.Update([.. _changed.Values]));
        if (_changes.Count > 0)
            writes.Add(OrderStatements.InsertChanges(_changes));
        // First what ends, then what begins: an order has one attempt under way.
        if (_changedPayments.Count > 0)
            writes.Add(PaymentStatements.Update([.. _changedPayments.Values]));
        if (_addedPayments.Count > 0)
            writes.Add(PaymentStatements.Insert([.. _addedPayments.Values]));
        if (_events.Count > 0)
            writes.Add(PaymentEventStatements.Insert(_events));
        foreach (var command in emptiesCarts && _emptied.Count > 0 ? OrderedCarts.Commands(_emptied) : [])
            writes.Add(command);
        if (_mails.Count > 0)
            writes.Add(OutboxWriter.CommandForNew(_mails));
        if (_productsWithNewStock.Count > 0)
            writes.Add(stock.TellOthers(_productsWithNewStock));
    }
}
