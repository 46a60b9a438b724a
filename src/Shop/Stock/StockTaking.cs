using System.ComponentModel;
using System.Runtime.InteropServices;
using Maydon.Inventory;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Maydon.Shop.Catalogue.Variants;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Shop.Stock;

/// <summary>Why there is more or less of a variant than before, as staff say it. Selling and giving back is what orders do.</summary>
internal static class MovementReason
{
    public const string Received = "received";
    public const string Corrected = "corrected";
    public const string Returned = "returned";
}

/// <summary>What came in, came back, or was counted otherwise.</summary>
public sealed record MovementRequest
{
    internal const int Most = 1_000_000;

    [RequiredField, Within(-Most, Most), Description("Pieces, never 0. Less than none only when a count is corrected.")]
    public int? Quantity { get; init; }

    [RequiredField, OneOf(MovementReason.Received, MovementReason.Corrected, MovementReason.Returned)]
    public string? Reason { get; init; }

    [MaxText(500)]
    public string? Note { get; init; }
}

/// <summary>A movement that was made, and what there is after it: <c>taken</c> is sold or held, <c>available</c> can be bought.</summary>
public sealed record MadeMovement(int Quantity, string Reason, string? Note, int Available, int Taken, DateTimeOffset At);

[StructLayout(LayoutKind.Auto)]
internal readonly record struct MovementOutcome(MadeMovement? Movement, Problem? Refusal);

/// <summary>Moves stock in, or out of it what was never there.</summary>
internal sealed class StockTaking(ShopDbContext db, DbSession session, StockChanges stock, TimeProvider clock)
{
    public async Task<MovementOutcome> MoveAsync(long variantId, MovementRequest request, long? by, CancellationToken cancellationToken)
    {
        var (quantity, reason) = (request.Quantity!.Value, request.Reason!);
        if (quantity == 0 || (quantity < 0 && reason != MovementReason.Corrected))
            return Refused(Problem.Invalid("quantity", quantity == 0 ? "must_not_be_zero" : "must_be_positive"));
        var productId = await db.Set<Variant>().Where(variant => variant.Id == variantId).Select(variant => (long?)variant.ProductId).SingleOrDefaultAsync(cancellationToken);
        if (productId is not { } product)
            return Refused(Problem.NotFound("variant_not_found"));

        await using var transaction = await session.BeginAsync(cancellationToken);
        var now = clock.Now();
        var note = string.IsNullOrWhiteSpace(request.Note) ? null : request.Note.Trim();
        var (changed, level) = await Pools.MoveAsync(session.Connection, VariantStock.Of(variantId), new StockMovement(quantity, reason, note, by, now), cancellationToken);
        if (!changed)
            return Refused(quantity < 0 ? InUse(level) : Problem.Invalid("quantity", "out_of_range", 1, int.MaxValue - level.Capacity!.Value));
        await stock.ChangedAsync(session, [product], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new MovementOutcome(new MadeMovement(quantity, reason, note, level.Available!.Value, level.Taken, now), Refusal: null);
    }

    private static Problem InUse(PoolLevel level) =>
        Problem.Conflict("stock_in_use", level.Taken, level.Available).With("taken", level.Taken).With("available", level.Available ?? 0);

    private static MovementOutcome Refused(Problem refusal) => new(Movement: null, refusal);
}
