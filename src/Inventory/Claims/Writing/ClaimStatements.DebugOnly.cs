using Maydon.Kernel.Operations;

namespace Maydon.Inventory.Claims.Writing;

internal static partial class ClaimStatements
{
    static partial void ForgetLedger(ref bool forgotten) => forgotten = BrokenGuards.Contains("ledger");
}
