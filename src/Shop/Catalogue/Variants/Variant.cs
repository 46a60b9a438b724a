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
    }
}

internal sealed class VariantValueMapping : IEntityTypeConfiguration<VariantValue>
{
    public void Configure(EntityTypeBuilder<VariantValue> builder) =>
        builder.ToTable("variant_values").HasKey(value => new { value.VariantId, value.AttributeId });
}
