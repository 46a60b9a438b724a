using Npgsql;
using NpgsqlTypes;
using static Maydon.Shop.Orders.Deciding.OrderStatements;

namespace Maydon.Shop.Orders.Deciding;

/// <summary>The payments of a batch of orders.</summary>
internal static class PaymentStatements
{
    private const string Columns = """
        id, order_id, provider, attempt, provider_id, provider_payment_id, checkout_url, amount, currency, status,
        created_at, updated_at, expires_at, paid_at, refunded_at, note,
        received_amount, received_currency, refund_id, refund_failures
        """;

    /// <summary>Rows with those columns, of the parameters that <see cref="Rows"/> makes.</summary>
    private const string Unnested = "unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";

    /// <summary>For <see cref="ReadState"/>. Locked, for what a provider answers is written beside the claim writer.</summary>
    public static NpgsqlBatchCommand Read(long[] orderIds, long[] claimIds) => new($"""
        select {Columns}
        from (select id from shop.orders where id = any($1) union select id from shop.orders where claim_id = any($2)) wanted (wanted_id)
        join shop.payments p on p.order_id = wanted_id
        order by order_id, attempt for update of p
        """)
    {
        Parameters = { Array(orderIds), Array(claimIds) },
    };

    /// <summary>The payments of one order, to be looked at; for <see cref="ReadState"/>.</summary>
    public static NpgsqlBatchCommand ReadOf(long orderId) => new($"select {Columns} from shop.payments where order_id = $1 order by attempt")
    {
        Parameters = { new NpgsqlParameter<long> { TypedValue = orderId } },
    };

    public static PaymentState ReadState(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        OrderId = row.GetInt64(1),
        Provider = row.GetString(2),
        Attempt = row.GetInt32(3),
        ProviderId = row.IsDBNull(4) ? null : row.GetString(4),
        ProviderPaymentId = row.IsDBNull(5) ? null : row.GetString(5),
        CheckoutUrl = row.IsDBNull(6) ? null : row.GetString(6),
        Amount = row.GetDecimal(7),
        Currency = row.GetString(8),
        Status = row.GetString(9),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(10),
        UpdatedAt = row.GetFieldValue<DateTimeOffset>(11),
        ExpiresAt = row.GetFieldValue<DateTimeOffset>(12),
        PaidAt = row.IsDBNull(13) ? null : row.GetFieldValue<DateTimeOffset>(13),
        RefundedAt = row.IsDBNull(14) ? null : row.GetFieldValue<DateTimeOffset>(14),
        Note = row.IsDBNull(15) ? null : row.GetString(15),
        ReceivedAmount = row.IsDBNull(16) ? null : row.GetDecimal(16),
        ReceivedCurrency = row.IsDBNull(17) ? null : row.GetString(17),
        RefundId = row.IsDBNull(18) ? null : row.GetString(18),
        RefundFailures = row.GetInt32(19),
    };

    public static NpgsqlBatchCommand Insert(IReadOnlyList<PaymentState> payments) =>
        Rows($"insert into shop.payments ({Columns}) select * from {Unnested}", payments);

    public static NpgsqlBatchCommand Update(IReadOnlyList<PaymentState> payments) => Rows(
        $"""
        update shop.payments p set
            provider_id = n.provider_id, provider_payment_id = n.provider_payment_id, checkout_url = n.checkout_url, status = n.status,
            updated_at = n.updated_at, expires_at = n.expires_at, paid_at = n.paid_at, refunded_at = n.refunded_at, note = n.note,
            received_amount = n.received_amount, received_currency = n.received_currency, refund_id = n.refund_id, refund_failures = n.refund_failures
        from {Unnested} as n ({Columns})
        where p.id = n.id
        """, payments);

    private static NpgsqlBatchCommand Rows(string sql, IReadOnlyList<PaymentState> payments) => new(sql)
    {
        Parameters =
        {
            Array(payments, payment => payment.Id),
            Array(payments, payment => payment.OrderId),
            Array(payments, payment => payment.Provider),
            Array(payments, payment => payment.Attempt),
            Array(payments, payment => payment.ProviderId, NpgsqlDbType.Text),
            Array(payments, payment => payment.ProviderPaymentId, NpgsqlDbType.Text),
            Array(payments, payment => payment.CheckoutUrl, NpgsqlDbType.Text),
            Array(payments, payment => payment.Amount),
            Array(payments, payment => payment.Currency),
            Array(payments, payment => payment.Status),
            Times(payments, payment => payment.CreatedAt),
            Times(payments, payment => payment.UpdatedAt),
            Times(payments, payment => payment.ExpiresAt),
            Times(payments, payment => payment.PaidAt),
            Times(payments, payment => payment.RefundedAt),
            Array(payments, payment => payment.Note, NpgsqlDbType.Text),
            Array(payments, payment => payment.ReceivedAmount, NpgsqlDbType.Numeric),
            Array(payments, payment => payment.ReceivedCurrency, NpgsqlDbType.Text),
            Array(payments, payment => payment.RefundId, NpgsqlDbType.Text),
            Array(payments, payment => payment.RefundFailures),
        },
    };
}
