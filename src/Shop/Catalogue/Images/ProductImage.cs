using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Maydon.Shop.Catalogue.Images;

/// <summary>A picture of a product.</summary>
internal sealed class ProductImage
{
    public long Id { get; private set; }
    public long ProductId { get; init; }

    /// <summary>Below <c>DATA_DIR/media</c>, and below <c>/media/</c> for whoever looks.</summary>
    public required string Path { get; init; }
    public string Alt { get; init; } = "";
    public int Position { get; init; }
}

internal sealed class ProductImageMapping : IEntityTypeConfiguration<ProductImage>
{
    public void Configure(EntityTypeBuilder<ProductImage> builder)
    {
        builder.ToTable("product_images").HasKey(image => image.Id);
        builder.Property(image => image.Id).UseIdentityAlwaysColumn();
    }
}
