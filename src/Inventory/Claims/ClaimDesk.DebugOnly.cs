using Maydon.Kernel.Operations;

namespace Maydon.Inventory.Claims;

public sealed partial class ClaimDesk
{
    static partial void IgnoreGuard(string guard, ref bool holds) => holds |= BrokenGuards.Contains(guard);
}
