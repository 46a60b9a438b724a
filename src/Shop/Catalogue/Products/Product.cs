using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Maydon.Shop.Catalogue.Products;

/// <summary>What people look at. What they buy is one of its variants.</summary>
internal sealed class Product
{
    public long Id { get; private set; }
    public string Name { get; private set; } = "";
    public string Slug { get; private set; } = "";

    /// <summary>Plain text: no markup is left in it.</summary>
    public string Description { get; private set; } = "";

    /// <summary>Null only of a deleted product whose category is gone too.</summary>
    public long? CategoryId { get; private set; }
    public bool IsActive { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Sum of the stars of its reviews.</summary>
    public long RatingTotal { get; private set; }
    public int RatingCount { get; private set; }
    public decimal? RatingAverage { get; private set; }

    /// <summary>A deleted product is hidden, and stays for the orders that name it.</summary>
    public DateTimeOffset? DeletedAt { get; private set; }

    public ProductTerms Terms => new() { Name = Name, Slug = Slug, Description = Description, Category = CategoryId, IsActive = IsActive };

    public static Product Create(ProductTerms terms, string slug, DateTimeOffset now)
    {
        var created = new Product { CreatedAt = now };
        created.Change(terms, slug, now);
        return created;
    }

    /// <param name="terms">Checked.</param>
    public void Change(ProductTerms terms, string slug, DateTimeOffset now)
    {
        Name = terms.Name;
        Slug = slug;
        Description = terms.Description;
        CategoryId = terms.Category;
        IsActive = terms.IsActive;
        UpdatedAt = now;
    }

    /// <summary>A review more, less, or with other stars; under the lock of this row.</summary>
    public void Rate(int stars, int reviews)
    {
        RatingTotal += stars;
        RatingCount += reviews;
    }

    public void Delete(DateTimeOffset now) => DeletedAt ??= now;
}

internal sealed class ProductMapping : IEntityTypeConfiguration<Product>
{
    public void Configure(EntityTypeBuilder<Product> builder)
    {
        builder.ToTable("products").HasKey(product => product.Id);
        builder.Property(product => product.Id).UseIdentityAlwaysColumn();
        builder.Property(product => product.RatingAverage).HasPrecision(3, 2).ValueGeneratedOnAddOrUpdate();
        builder.HasQueryFilter(product => product.DeletedAt == null);
        builder.Ignore(product => product.Terms);
    }
}
