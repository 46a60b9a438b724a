using Maydon.Kernel.Operations;

namespace Maydon.Shop.Orders.Deciding;

internal sealed partial class OrderDesk
{
    static partial void IgnoreGuard(string guard, ref bool holds) => holds |= BrokenGuards.Contains(guard);
}
