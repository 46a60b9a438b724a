using Maydon.Kernel.Operations;

namespace Maydon.Shop.Payments;

internal static partial class PaymentGuards
{
    static partial void IgnoreGuard(string guard, ref bool holds) => holds |= BrokenGuards.Contains(guard);
}
