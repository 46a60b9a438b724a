using Maydon.Kernel.Operations;

namespace Maydon.Shop.Reviews;

internal sealed partial class WriteReview
{
    static partial void IgnoreGuard(string guard, ref bool isIgnored) => isIgnored |= BrokenGuards.Contains(guard);
}
