using System.Globalization;
using Maydon.Inventory;
using Maydon.Kernel.Http;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Stock;

namespace Maydon.Shop.Orders.Placing;

/// <summary>So many of a variant.</summary>
internal sealed record WantedItem(long VariantId, int Quantity);

/// <summary>A cart becomes an order: its stock is held, at the prices of this moment.</summary>
/// <param name="Cart">One cart makes one order: whoever submits it again hears of that one. Null: there is none.</param>
internal sealed record PlaceOrder(Guid? Cart, long? UserId, byte[]? GuestHash, OrderContact Contact, string Language, TimeSpan Hold, IReadOnlyList<WantedItem> Items)
    : OrderRequest([.. Items.Select(item => item.VariantId)])
{
    /// <summary>In the same transaction: see <see cref="Carts.ICartStore.AreEmptiedWithTheOrder"/>.</summary>
    public bool EmptiesCart { get; init; }

    /// <summary>See <see cref="Carts.StoredCart.Merged"/>.</summary>
    public IReadOnlyList<Guid> Merged { get; init; } = [];

    /// <summary>How many orders that are not paid the buyer may have; null for any number.</summary>
    public int? MostUnpaid { get; init; }

    public override Guid? CartRef => Cart;

    public override IReadOnlyList<Guid> MergedCarts => Merged;

    public override LimitedBuyer? Buyer => MostUnpaid is { } most ? new LimitedBuyer(UserId, GuestHash, Contact.Email, most) : null;

    public override OrderDecision Decide(OrderDesk desk)
    {
        if (Cart is not { } cart)
            return CartEmpty();
        if (desk.FindByCart(cart) is { } made)
            return IsSame(made) ? made : CartEmpty();
        if (Items.Count == 0)
            return CartEmpty();
        if (Merged.Any(merged => desk.FindByCart(merged) is not null))
            return Stale;

        var lines = new List<OrderLine>(Items.Count);
        string? currency = null;
        // The same variant may stand in a cart more than once.
        foreach (var item in Items.GroupBy(item => item.VariantId, (id, same) => new WantedItem(id, same.Sum(item => item.Quantity))))
        {
            if (desk.Variant(item.VariantId) is not { } variant)
                return Problem.Conflict("variant_unavailable", item.VariantId);
            if (!variant.IsForSale)
                return Problem.Conflict("variant_unavailable", variant.Sku).With("sku", variant.Sku);
            if ((currency ??= variant.Currency) != variant.Currency)
                return Problem.Conflict("currency_mismatch");
            lines.Add(new OrderLine(item.VariantId, variant.ProductId, variant.Sku, variant.ProductName, variant.AttributesJson, variant.Price, item.Quantity));
        }

        var buyer = Buyer;
        var place = buyer is null ? null : desk.Unpaid.FindPlace(buyer);
        if (buyer is not null && place is null)
        {
            var tooMany = Problem.Conflict("too_many_unpaid_orders", buyer.Most);
            return desk.Unpaid.IsMailboxFull(buyer) ? tooMany.Saying("too_many_unpaid_orders_mailbox") : tooMany;
        }

        var heldUntil = desk.Now + Hold;
        var taken = desk.Take(lines, "ordered", heldUntil);
        if (taken.ClaimId is not { } claimId)
        {
            var missing = lines.Single(line => VariantStock.Of(line.VariantId) == taken.Short);
            return VariantStock.Short(missing.ProductName, missing.Sku, taken.Left);
        }

        var id = desk.NextOrderId();
        var order = desk.Add(new OrderState
        {
            Id = id,
            Number = string.Create(CultureInfo.InvariantCulture, $"{desk.Now:yyMMdd}-{id}"),
            UserId = UserId,
            GuestHash = GuestHash,
            CartRef = cart,
            Status = OrderStatus.Pending,
            Contact = Contact,
            Language = Language,
            Currency = currency!,
            Total = lines.Sum(line => line.Total),
            ClaimId = claimId,
            HoldExpiresAt = heldUntil,
            UnpaidPlace = place,
            CreatedAt = desk.Now,
            UpdatedAt = desk.Now,
            Lines = lines,
        });
        if (buyer is not null)
            desk.Unpaid.Take(buyer, place!.Value);
        if (EmptiesCart)
            desk.Rows.Emptied(order);
        return order;
    }

    /// <summary>
    /// A guest's cart that was merged into this one has become an order since it was read: what was ordered has to be taken out first. No answer that is kept.
    /// </summary>
    public static readonly Problem Stale = Problem.Unavailable(TimeSpan.FromSeconds(1));

    private static Problem CartEmpty() => Problem.Of(400, "cart_empty");

    /// <summary>The button was pressed twice.</summary>
    private bool IsSame(OrderState made) =>
        made.Contact == Contact
        && made.Lines.Select(line => (line.VariantId, line.Quantity)).Order().SequenceEqual(
            Items.GroupBy(item => item.VariantId, (id, same) => (id, same.Sum(item => item.Quantity))).Order());
}
