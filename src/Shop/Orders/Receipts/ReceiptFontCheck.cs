using Maydon.Kernel.Operations;

namespace Maydon.Shop.Orders.Receipts;

internal sealed class ReceiptFontCheck : ICheck
{
    public string Code => "shop.receipt-font";
    public Severity Severity => Severity.Warning;

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => Task.FromResult(ReceiptFonts.Find() is not null
        ? CheckResult.Passed("The font that receipts are printed in is there.")
        : CheckResult.Failed("The font that receipts are printed in is missing: buyers get none.", $"Install the package {ReceiptFonts.Package}."));
}
