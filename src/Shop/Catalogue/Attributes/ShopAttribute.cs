using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Maydon.Shop.Catalogue.Attributes;

/// <summary>What variants differ in: colour, memory, size. Made whenever somebody needs one; a name has one spelling.</summary>
internal sealed class ShopAttribute
{
    public long Id { get; private set; }
    public string Name { get; private set; } = "";

    public static ShopAttribute Create(string name) => new() { Name = name };

    public void Rename(string name) => Name = name;
}

/// <summary>A value that an attribute can have, in the one spelling that was first.</summary>
internal sealed class AttributeValue
{
    public long Id { get; private set; }
    public long AttributeId { get; init; }
    public required string Value { get; init; }
}

internal sealed class ShopAttributeMapping : IEntityTypeConfiguration<ShopAttribute>
{
    public void Configure(EntityTypeBuilder<ShopAttribute> builder)
    {
        builder.ToTable("attributes").HasKey(attribute => attribute.Id);
        builder.Property(attribute => attribute.Id).UseIdentityAlwaysColumn();
    }
}

internal sealed class AttributeValueMapping : IEntityTypeConfiguration<AttributeValue>
{
    public void Configure(EntityTypeBuilder<AttributeValue> builder)
    {
        builder.ToTable("attribute_values").HasKey(value => value.Id);
        builder.Property(value => value.Id).UseIdentityAlwaysColumn();
    }
}
