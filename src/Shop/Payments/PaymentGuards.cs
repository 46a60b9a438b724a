namespace Maydon.Shop.Payments;

/// <summary>See <see cref="Inventory.Claims.ClaimDesk"/>: a release build has no body for it.</summary>
internal static partial class PaymentGuards
{
    public static void Ignore(string guard, ref bool holds) => IgnoreGuard(guard, ref holds);

    static partial void IgnoreGuard(string guard, ref bool holds);
}
