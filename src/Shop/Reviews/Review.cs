using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Maydon.Shop.Reviews;

/// <summary>What somebody thinks of a product; one of each person and product.</summary>
internal sealed class Review
{
    public long Id { get; private set; }
    public long ProductId { get; private set; }
    public long UserId { get; private set; }
    public int Rating { get; private set; }

    /// <summary>Plain text, like a product's description.</summary>
    public string Comment { get; private set; } = "";

    /// <summary>Whether they had bought it when they wrote.</summary>
    public bool VerifiedPurchase { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }

    public static Review Create(long productId, long userId, int rating, string comment, bool verifiedPurchase, DateTimeOffset now) => new()
    {
        ProductId = productId,
        UserId = userId,
        Rating = rating,
        Comment = comment,
        VerifiedPurchase = verifiedPurchase,
        CreatedAt = now,
        UpdatedAt = now,
    };

    public void Change(int rating, string comment, DateTimeOffset now) => (Rating, Comment, UpdatedAt) = (rating, comment, now);
}

internal sealed class ReviewMapping : IEntityTypeConfiguration<Review>
{
    public void Configure(EntityTypeBuilder<Review> builder)
    {
        builder.ToTable("reviews").HasKey(review => review.Id);
        builder.Property(review => review.Id).UseIdentityAlwaysColumn();
    }
}
