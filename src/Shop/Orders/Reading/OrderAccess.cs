using Maydon.Kernel.Http;
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

/// <summary>What the request at hand may reach.</summary>
internal sealed class CurrentOrderAccess(CurrentUser user, CurrentGuest guest, OrderLinks links)
{
    /// <summary>Orders as a whole.</summary>
    public OrderAccess Any => new(user.IdOrNull, guest.Hash, user.IsStaff, HasLink: false);

    /// <summary>One order, also by its link.</summary>
    /// <param name="token">From the link, if one came along.</param>
    public OrderAccess To(long orderId, string? token) => Any with { HasLink = links.IsValid(orderId, token) };
}
