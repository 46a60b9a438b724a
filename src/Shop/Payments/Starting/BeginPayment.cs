using Maydon.Inventory.Claims;
using Maydon.Kernel.Http;
using Maydon.Shop.Orders.Deciding;
using Maydon.Shop.Orders.Reading;

namespace Maydon.Shop.Payments.Starting;

/// <summary>
/// Whoever may read an order begins to pay it: the attempt that is under way, or a new one, with its stock held until the page closes. The
/// provider is asked after this is committed: what it answers can then never be about something that was rolled back.
/// </summary>
internal sealed record BeginPayment(long Id, OrderAccess Access, string Provider, TimeSpan FirstHold, IReadOnlyList<long> VariantIds) : OrderRequest(VariantIds)
{
    /// <summary>Of the same request, at once: what was left of an old attempt was too short.</summary>
    public bool IsSecondTry { get; init; }

    public override long? OrderId => Id;

    public override int NewPayments => 1;

    public override OrderDecision Decide(OrderDesk desk)
    {
        if (desk.Find(Id) is not { } order || !Access.Reaches(order))
            return Problem.NotFound("order_not_found");
        if (order.Status == OrderStatus.Cancelled)
            return Problem.Conflict("order_cancelled");
        if (order.Status != OrderStatus.Pending)
            return Problem.Conflict("already_paid");
        var payments = desk.PaymentsOf(Id);
        var underway = payments.FirstOrDefault(payment => payment.Status is PaymentStatus.Starting or PaymentStatus.Open);
        var begins = underway is null;
        PaymentGuards.Ignore("underway", ref begins);
        if (!begins)
        {
            return underway!.ExpiresAt > desk.Now
                ? new OrderDecision(Refusal: null, order, Repeated: null) { Payment = underway }
                : Problem.Conflict("payment_time_over");
        }

        if (desk.Now >= order.CreatedAt + FirstHold)
            return Problem.Conflict("payment_time_over");
        if (payments.Count >= PaymentTimes.MostAttempts)
            return Problem.Conflict("payment_refused");
        if (!IsSecondTry && payments.Reverse().TakeWhile(payment => payment.Status == PaymentStatus.Failed).Count() >= PaymentTimes.QuickAttempts
            && payments[^1].UpdatedAt + PaymentTimes.Pause - desk.Now is { Ticks: > 0 } pause)
        {
            return Problem.Unavailable("payment_provider_unavailable", pause);
        }

        var payment = desk.Keep(new PaymentState
        {
            Id = desk.NextPaymentId(),
            OrderId = Id,
            Provider = Provider,
            Attempt = payments.Count == 0 ? 1 : payments.Max(known => known.Attempt) + 1,
            ProviderId = null,
            ProviderPaymentId = null,
            CheckoutUrl = null,
            Amount = order.Total,
            Currency = order.Currency,
            Status = PaymentStatus.Starting,
            CreatedAt = desk.Now,
            UpdatedAt = desk.Now,
            ExpiresAt = PaymentTimes.PageEnd(desk.Now),
        });
        var heldUntil = payment.ExpiresAt + PaymentTimes.Grace;
        var isLonger = desk.Claims.Extend(order.ClaimId, heldUntil) switch
        {
            ClaimChange.Done => true,
            ClaimChange.AlreadySo => false,
            var other => throw new InvalidOperationException($"Order {Id} is pending, and its claim {order.ClaimId} cannot be extended: {other}."),
        };
        return new OrderDecision(Refusal: null, isLonger ? desk.Change(order with { HoldExpiresAt = heldUntil }, "payment begun", changedBy: null) : order, Repeated: null)
        {
            Payment = payment,
        };
    }
}
