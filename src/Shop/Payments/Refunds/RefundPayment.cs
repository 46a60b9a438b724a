using System.Globalization;
using Maydon.Kernel.Outbox;
using Maydon.Shop.Orders.Deciding;
using Npgsql;

namespace Maydon.Shop.Payments.Refunds;

/// <summary>In JSON <c>{"payment_id":1}</c>.</summary>
internal sealed record RefundPayload(long PaymentId);

/// <summary>
/// Gives money back that is due: a payment that came too late or twice, or of an order that the shop cancelled. The message is written in the transaction
/// that makes it due (<see cref="OrderDesk.Keep"/>); the outbox tries it for about eight hours and then shows it to people. What the provider has begun
/// and not ended is followed by <see cref="FollowRefunds"/>.
/// </summary>
internal sealed class RefundPayment(NpgsqlDataSource database, PaymentProviders providers, OrderClaims claims) : IOutboxHandler
{
    public const string Kind = "shop.refund";

    // A refund that failed on its way (an account that was closed) may fail so again: meanwhile people are told (check payments.unsettled).
    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromDays(1);

    /// <summary>A message of its own each time that it becomes due.</summary>
    public static OutboxMessage About(PaymentState payment, DateTimeOffset now) => OutboxMessage.Create(
        Kind,
        string.Create(CultureInfo.InvariantCulture, $"payment:{payment.Id}:{payment.RefundFailures}"),
        new RefundPayload(payment.Id),
        payment.RefundFailures == 0 ? now : now + s_pauseAfterFailure);

    public async Task<OutboxOutcome> HandleAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
    {
        var id = delivery.Payload<RefundPayload>().PaymentId;
        if (await FindAsync(id, cancellationToken) is not { } due)
            return OutboxOutcome.Skipped("The money has gone back already, or is on its way.");
        var provider = providers.Find(due.Provider) ?? throw new RefundFailedException($"{due.Provider} is not set up.");
        if (due.ProviderPaymentId is null)
            throw new PermanentDeliveryException($"{due.Provider} never named the money of payment {id}.");
        var answer = await provider.RefundAsync(new RefundWish(id, due.OrderId, due.ProviderPaymentId, due.Failures), cancellationToken);
        if (answer.Value is { } receipt)
        {
            var recorded = await claims.DecideAsync(new RecordRefund(id, due.OrderId, receipt, due.VariantIds), cancellationToken);
            return recorded.Refusal is null ? OutboxOutcome.Sent : throw new RefundFailedException("The refund was begun and could not be written down.");
        }

        var failure = answer.Failure!;
        // Should this not be stored, the next try hears the same answer again.
        if (failure.Kind != FailureKind.NoAnswer)
            await claims.DecideAsync(new RecordRefundFailure(id, due.OrderId, due.Failures, due.VariantIds), cancellationToken);
        throw failure.Kind == FailureKind.Refused ? new PermanentDeliveryException(failure.Reason) : new RefundFailedException(failure.Reason);
    }

    private async Task<DueRefund?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select provider, provider_payment_id, order_id, refund_failures, (select array_agg(l.variant_id) from shop.order_lines l where l.order_id = p.order_id)
            from shop.payments p where id = $1 and status = 'refund_due' and refund_id is null
            """);
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new DueRefund(
                reader.GetString(0), await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetString(1), reader.GetInt64(2), reader.GetInt32(3), reader.GetFieldValue<long[]>(4))
            : null;
    }

    private sealed record DueRefund(string Provider, string? ProviderPaymentId, long OrderId, int Failures, long[] VariantIds);
}

/// <summary>Not now: the outbox tries again.</summary>
internal sealed class RefundFailedException(string message) : Exception(message);
