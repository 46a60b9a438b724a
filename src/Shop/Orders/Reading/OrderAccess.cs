using Maydon.Kernel.Http;
using Maydon.Shop.Orders.Deciding;

namespace Maydon.Shop.Orders.Reading;

/// <summary>Who asks for an order, and by what right.</summary>
/// <param name="UserId">The person who is signed in.</param>
/// <param name="GuestHash">Of the guest's secret in their cookie.</param>
/// <param name="Link">What they came by, if it was a link.</param>
internal sealed record OrderAccess(long? UserId, byte[]? GuestHash, bool IsStaff, OrderLinkToken? Link = null)
{
    /// <summary>May they know that it exists?</summary>
    public bool Reaches(OrderState order) => IsStaff || IsBuyer(order);

    public bool IsBuyer(OrderState order) => order.UserId is { } owner
        ? owner == UserId
        : Link?.Opens(order) is true || (GuestHash is { } hash && order.GuestHash.AsSpan().SequenceEqual(hash));
}

/// <summary>The token of a link that claims to be to a guest's order.</summary>
internal sealed record OrderLinkToken(OrderLinks Links, string Token)
{
    public bool Opens(OrderState order) => Links.IsValid(order, Token);
}

/// <summary>What the request at hand may reach.</summary>
internal sealed class CurrentOrderAccess(CurrentUser user, CurrentGuest guest, OrderLinks links)
{
    /// <summary>Orders as a whole.</summary>
    public OrderAccess Any => new(user.IdOrNull, guest.Hash, user.IsStaff);

    /// <summary>The same, and the order whose link it is.</summary>
    /// <param name="token">From the link, if one came along.</param>
    public OrderAccess By(string? token) => token is null ? Any : Any with { Link = new OrderLinkToken(links, token) };
}
