using Maydon.Inventory;
using Maydon.Inventory.Claims;
using Maydon.Kernel.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Maydon.Shop.Carts;

/// <summary>What a cart's line stands for now.</summary>
/// <param name="IsSold">Neither it, its product nor any category above is switched off or deleted.</param>
/// <param name="Available">How many are left, for showing: the checkout decides.</param>
internal sealed record CartVariant(
    long Id, long ProductId, string ProductName, string Sku, decimal Price, string Currency, bool IsSold, int Available, string? ImagePath, IReadOnlyList<CartItemAttribute> Attributes)
{
    /// <summary>For <see cref="Read"/>, of the variants whose ids <paramref name="wanted"/> selects.</summary>
    public static string Select(string wanted) => $"""
        select v.id, p.id, p.name, v.sku, v.price, v.currency,
            v.is_active and v.deleted_at is null and p.is_active and p.deleted_at is null and shop.is_open(p.category_id),
            (select i.path from shop.product_images i where i.product_id = p.id order by i.position, i.id limit 1),
            array(select a.name from shop.variant_values x join shop.attributes a on a.id = x.attribute_id where x.variant_id = v.id order by a.name, a.id),
            array(select w.value from shop.variant_values x join shop.attributes a on a.id = x.attribute_id join shop.attribute_values w on w.id = x.value_id
                where x.variant_id = v.id order by a.name, a.id),
            coalesce((select l.capacity - l.taken from inventory.pools l where l.kind = 'variant' and l.subject_id = v.id), 0)
        from shop.variants v join shop.products p on p.id = v.product_id
        where v.id in ({wanted})
        """;

    public static CartVariant Read(NpgsqlDataReader row)
    {
        var isSold = row.GetBoolean(6);
        return new(
            row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetDecimal(4), row.GetString(5), isSold, isSold ? row.GetInt32(10) : 0,
            row.IsDBNull(7) ? null : row.GetString(7),
            [.. row.GetFieldValue<string[]>(8).Zip(row.GetFieldValue<string[]>(9), (name, value) => new CartItemAttribute(name, value))]);
    }
}

/// <param name="VariantIds">What is asked about.</param>
/// <param name="Carts">Of which it is asked whether they, or what was merged into them, have become orders.</param>
internal sealed record CartQuestion(IReadOnlyCollection<long> VariantIds, IReadOnlyList<StoredCart> Carts);

/// <param name="Variants">Those that are in the database.</param>
/// <param name="Ordered">What was ordered, under the ref of the cart that became the order. Written by whom the server's death kept from emptying the cart, or by
/// a guest whose cart was merged meanwhile.</param>
internal sealed record CartFacts(IReadOnlyDictionary<long, CartVariant> Variants, IReadOnlyList<StoredCart> Ordered);

/// <summary>
/// What carts stand for, and which have become orders, as it was last committed: wherever carts lie, it is read together for all who ask at the same moment, who often ask about
/// the same thing.
/// </summary>
internal sealed class CartVariants([FromKeyedServices(CartServices.Lane)] ClaimQueue queue) : ClaimHandler<CartQuestion, CartFacts>(queue)
{
    private static readonly CartFacts s_nothing = new(new Dictionary<long, CartVariant>(), []);

    /// <summary>None is ever taken.</summary>
    public override string ClaimKind => "cart variants";

    public async Task<CartFacts> ReadAsync(IReadOnlyCollection<long> ids, IReadOnlyList<StoredCart> carts, CancellationToken cancellationToken) =>
        ids.Count == 0 && carts.Count == 0
            ? s_nothing
            : (await SubmitAsync(new CartQuestion(ids, carts), cancellationToken)).Result ?? throw new ServiceAwayException(Problem.Unavailable(ClaimQueue.RetryAfter));

    public override IEnumerable<PoolKey> PoolsOf(CartQuestion request) => [];

    public override ClaimRound<CartQuestion, CartFacts> BeginRound(IReadOnlyList<CartQuestion> requests) => new Round(requests);

    private sealed class Round(IReadOnlyList<CartQuestion> questions) : ClaimRound<CartQuestion, CartFacts>
    {
        private static readonly string s_variants = CartVariant.Select("select unnest($1)");
        private readonly Dictionary<long, CartVariant> _variants = [];
        private readonly Dictionary<Guid, List<CartLine>> _ordered = [];

        public override void AddReads(ClaimReads reads)
        {
            long[] ids = [.. questions.SelectMany(question => question.VariantIds).Distinct()];
            reads.Add(new NpgsqlBatchCommand(s_variants) { Parameters = { new NpgsqlParameter<long[]> { TypedValue = ids } } }, row => _variants.Add(row.GetInt64(0), CartVariant.Read(row)));
            Guid[] refs = [.. questions.SelectMany(question => question.Carts).SelectMany(cart => cart.Merged.Prepend(cart.Ref)).Distinct()];
            if (refs.Length > 0)
                reads.Add(ReadOrdered(refs), row => Ordered(row.GetGuid(0)).Add(new CartLine(row.GetInt64(1), row.GetInt32(2), row.GetDecimal(3))));
        }

        public override CartFacts Decide(CartQuestion request, ClaimDesk desk) => new(
            request.VariantIds.Distinct().Where(_variants.ContainsKey).ToDictionary(id => id, id => _variants[id]),
            [.. from cart in request.Carts
                from taken in cart.Merged.Prepend(cart.Ref)
                where _ordered.ContainsKey(taken)
                select cart with { Ref = taken, Lines = _ordered[taken] }]);

        public override void AddWrites(NpgsqlBatchCommandCollection writes)
        {
            // Nobody changes anything by asking.
        }

        private static NpgsqlBatchCommand ReadOrdered(Guid[] refs) => new("""
            select o.cart_ref, l.variant_id, l.quantity, l.price
            from unnest($1) as wanted (cart_ref) join shop.orders o using (cart_ref) join shop.order_lines l on l.order_id = o.id
            """)
        {
            Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = refs } },
        };

        private List<CartLine> Ordered(Guid cartRef) => _ordered.TryGetValue(cartRef, out var lines) ? lines : _ordered[cartRef] = [];
    }
}
