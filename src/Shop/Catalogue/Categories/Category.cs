using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Maydon.Shop.Catalogue.Categories;

/// <summary>A node of the tree that products are found by.</summary>
internal sealed class Category
{
    public long Id { get; private set; }
    public string Name { get; private set; } = "";
    public string Slug { get; private set; } = "";
    public long? ParentId { get; private set; }
    public int Position { get; private set; }

    /// <summary>What is not active is hidden with everything below it.</summary>
    public bool IsActive { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
}

internal sealed class CategoryMapping : IEntityTypeConfiguration<Category>
{
    public void Configure(EntityTypeBuilder<Category> builder)
    {
        builder.ToTable("categories").HasKey(category => category.Id);
        builder.Property(category => category.Id).UseIdentityAlwaysColumn();
    }
}
