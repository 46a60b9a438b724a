using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Maydon.Shop.Catalogue.Variants;

/// <summary>What is really bought: a product in one colour, one size. How much of it there is is known to its pool alone.</summary>
internal sealed class Variant
{
    public long Id { get; private set; }
    public long ProductId { get; private set; }
    public string Sku { get; private set; } = "";
    public decimal Price { get; private set; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; private set; } = "";

    /// <summary>What it cost before.</summary>
    public decimal? CompareAtPrice { get; private set; }
    public bool IsActive { get; private set; }

    /// <summary>The ids of its attribute values, sorted: with the product they are unique. The rows of <see cref="VariantValue"/> say the same.</summary>
    public long[] ValueIds { get; private set; } = [];
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>A deleted variant is hidden, and stays for the orders that name it.</summary>
    public DateTimeOffset? DeletedAt { get; private set; }

    public VariantTerms Terms => new() { Sku = Sku, Price = Price, Currency = Currency, CompareAtPrice = CompareAtPrice, IsActive = IsActive };

    public static Variant Create(long productId, VariantTerms terms, long[] valueIds, DateTimeOffset now)
    {
        var created = new Variant { ProductId = productId, CreatedAt = now };
        created.Change(terms, valueIds, now);
        return created;
    }

    /// <param name="terms">Checked.</param>
    public void Change(VariantTerms terms, long[] valueIds, DateTimeOffset now)
    {
        Sku = terms.Sku;
        Price = terms.Price!.Value;
        Currency = terms.Currency;
        CompareAtPrice = terms.CompareAtPrice;
        IsActive = terms.IsActive;
        ValueIds = [.. valueIds.Order()];
        UpdatedAt = now;
    }

    /// <summary>It lets go of its values, so that attributes which nothing has any more can be removed: orders have written them down.</summary>
    public void Delete(DateTimeOffset now)
    {
        DeletedAt ??= now;
        ValueIds = [];
    }
}

/// <summary>Which value a variant has of an attribute: one of each.</summary>
internal sealed class VariantValue
{
    public long VariantId { get; init; }
    public long AttributeId { get; init; }
    public long ValueId { get; init; }
}

internal sealed class VariantMapping : IEntityTypeConfiguration<Variant>
{
    public void Configure(EntityTypeBuilder<Variant> builder)
    {
        builder.ToTable("variants").HasKey(variant => variant.Id);
        builder.Property(variant => variant.Id).UseIdentityAlwaysColumn();
        builder.Property(variant => variant.Price).HasPrecision(12, 2);
        builder.Property(variant => variant.CompareAtPrice).HasPrecision(12, 2);
        builder.HasQueryFilter(variant => variant.DeletedAt == null);
        builder.Ignore(variant => variant.Terms);
    }
}

internal sealed class VariantValueMapping : IEntityTypeConfiguration<VariantValue>
{
    public void Configure(EntityTypeBuilder<VariantValue> builder) =>
        builder.ToTable("variant_values").HasKey(value => new { value.VariantId, value.AttributeId });
}
