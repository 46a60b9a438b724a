using System.Globalization;
using Maydon.Kernel.Outbox;
using Maydon.Shop.Orders.Deciding;
using Npgsql;

namespace Maydon.Shop.Payments.Refunds;

/// <summary>In JSON <c>{"payment_id":1}</c>.</summary>
internal sealed record RefundPayload(long PaymentId);

/// <summary>The provider has given the money back.</summary>
internal sealed record RecordRefund(long PaymentId, long Id, IReadOnlyList<long> VariantIds) : OrderRequest(VariantIds)
{
    public override long? OrderId => Id;

    public override OrderDecision Decide(OrderDesk desk)
    {
        var payment = desk.PaymentsOf(Id).Single(known => known.Id == PaymentId);
        var order = desk.Find(Id)!;
        if (payment.Status == PaymentStatus.RefundDue)
        {
            payment = desk.Keep(payment with { Status = PaymentStatus.Refunded, RefundedAt = desk.Now, UpdatedAt = desk.Now });
            desk.Rows.Changed(new OrderChange(Id, order.Status, order.Status, ChangedBy: null, $"payment {PaymentId} refunded", desk.Now));
        }

        return new OrderDecision(Refusal: null, order, Repeated: null) { Payment = payment };
    }
}

/// <summary>
/// Gives money back that is due: a payment that came too late or twice, or of an order that the shop cancelled. The message is written in the transaction
/// that makes it due (<see cref="OrderDesk.Keep"/>); the outbox tries it for about eight hours and then shows it to people.
/// </summary>
internal sealed class RefundPayment(NpgsqlDataSource database, PaymentProviders providers, OrderClaims claims) : IOutboxHandler
{
    public const string Kind = "shop.refund";

    public static OutboxMessage About(PaymentState payment, DateTimeOffset now) =>
        OutboxMessage.Create(Kind, string.Create(CultureInfo.InvariantCulture, $"payment:{payment.Id}"), new RefundPayload(payment.Id), now);

    public async Task<OutboxOutcome> HandleAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
    {
        var id = delivery.Payload<RefundPayload>().PaymentId;
        if (await FindAsync(id, cancellationToken) is not { } due)
            return OutboxOutcome.Skipped("The money has gone back already.");
        var provider = providers.Find(due.Provider) ?? throw new RefundFailedException($"{due.Provider} is not set up.");
        if (due.ProviderPaymentId is null)
            throw new PermanentDeliveryException($"{due.Provider} never named the money of payment {id}.");
        var answer = await provider.RefundAsync(new RefundWish(id, due.OrderId, due.ProviderPaymentId, delivery.Attempt), cancellationToken);
        if (answer.Failure is { } failure)
            throw failure.Kind == FailureKind.Refused ? new PermanentDeliveryException(failure.Reason) : new RefundFailedException(failure.Reason);
        var recorded = await claims.DecideAsync(new RecordRefund(id, due.OrderId, due.VariantIds), cancellationToken);
        return recorded.Refusal is null ? OutboxOutcome.Sent : throw new RefundFailedException("The refund was made and could not be written down.");
    }

    private async Task<DueRefund?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select provider, provider_payment_id, order_id, (select array_agg(l.variant_id) from shop.order_lines l where l.order_id = p.order_id)
            from shop.payments p where id = $1 and status = 'refund_due'
            """);
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new DueRefund(reader.GetString(0), await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetString(1), reader.GetInt64(2), reader.GetFieldValue<long[]>(3))
            : null;
    }

    private sealed record DueRefund(string Provider, string? ProviderPaymentId, long OrderId, long[] VariantIds);
}

/// <summary>Not now: the outbox tries again.</summary>
internal sealed class RefundFailedException(string message) : Exception(message);
