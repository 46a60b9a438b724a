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

    public CategoryTerms Terms => new() { Name = Name, Slug = Slug, Parent = ParentId, Position = Position, IsActive = IsActive };

    public static Category Create(CategoryTerms terms, string slug, DateTimeOffset now)
    {
        var created = new Category { CreatedAt = now };
        created.Change(terms, slug);
        return created;
    }

    /// <param name="terms">Checked.</param>
    public void Change(CategoryTerms terms, string slug)
    {
        Name = terms.Name;
        Slug = slug;
        ParentId = terms.Parent;
        Position = terms.Position;
        IsActive = terms.IsActive;
    }
}

internal sealed class CategoryMapping : IEntityTypeConfiguration<Category>
{
    public void Configure(EntityTypeBuilder<Category> builder)
    {
        builder.ToTable("categories").HasKey(category => category.Id);
        builder.Property(category => category.Id).UseIdentityAlwaysColumn();
        builder.Ignore(category => category.Terms);
    }
}
