using Maydon.Kernel.Mail;
using Maydon.Kernel.Outbox;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Orders.Reading;

namespace Maydon.Shop.Orders.Mails;

/// <summary>Sends the mails about an order, unless by now they would be wrong.</summary>
internal sealed class OrderMailHandler(OrderReads orders, OrderMailComposer composer, IMailSender sender, TimeProvider clock) : IOutboxHandler
{
    public async Task<OutboxOutcome> HandleAsync(OutboxDelivery delivery, CancellationToken cancellationToken)
    {
        if (await orders.FindForMailAsync(delivery.Payload<OrderMailPayload>().OrderId, cancellationToken) is not var (order, payments))
            return OutboxOutcome.Skipped("the order is gone");
        if (FindObjection(delivery.Kind, order) is { } objection)
            return OutboxOutcome.Skipped(objection);
        var isRefunded = payments.Any(payment => payment.Status is PaymentStatus.RefundDue or PaymentStatus.Refunded);
        await sender.SendAsync(composer.Compose(delivery, order, isRefunded), cancellationToken);
        return OutboxOutcome.Sent;
    }

    /// <summary>Null: send it.</summary>
    private string? FindObjection(string kind, OrderState order) => kind switch
    {
        OrderMailKinds.Cancelled => order.Status == OrderStatus.Cancelled ? null : "the order has come back",
        _ when order.Status == OrderStatus.Cancelled => "the order was cancelled",
        OrderMailKinds.Received when order.Status != OrderStatus.Pending => "the order has been paid",
        OrderMailKinds.Received when order.HoldExpiresAt <= clock.Now() => "the time to pay is over",
        OrderMailKinds.Paid or OrderMailKinds.Shipped when order.Status == OrderStatus.Pending => "the order waits to be paid",
        _ => null,
    };
}
