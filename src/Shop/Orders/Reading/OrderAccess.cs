using Maydon.Shop.Orders.Deciding;

namespace Maydon.Shop.Orders.Reading;

/// <summary>Who asks for an order, and by what right.</summary>
/// <param name="UserId">The person who is signed in.</param>
/// <param name="GuestHash">Of the guest's secret in their cookie.</param>
/// <param name="HasLink">They came by the signed link to this guest's order.</param>
internal sealed record OrderAccess(long? UserId, byte[]? GuestHash, bool IsStaff, bool HasLink)
{
    /// <summary>May they know that it exists?</summary>
    public bool Reaches(OrderState order) => IsStaff || IsBuyer(order);

    public bool IsBuyer(OrderState order) => order.UserId is { } owner
        ? owner == UserId
        : HasLink || (GuestHash is { } hash && order.GuestHash.AsSpan().SequenceEqual(hash));
}
