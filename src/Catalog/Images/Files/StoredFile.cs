using System.Security.Cryptography;
using Maydon.Catalog.Images.Uploading;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Maydon.Catalog.Images.Files;

/// <summary>The file of one content, however many images show it.</summary>
internal sealed class StoredFile
{
    public long Id { get; private set; }

    /// <summary>Of what lies in the file.</summary>
    public required byte[] Sha256 { get; init; }

    /// <summary>Below <c>DATA_DIR/media</c>, and below <c>/media/</c> for whoever looks. Random: whoever knows it may look at it.</summary>
    public required string Path { get; init; }
    public required int Width { get; init; }
    public required int Height { get; init; }
    public required long Bytes { get; init; }

    /// <summary><c>due</c>, <c>made</c>, or <c>dead</c> after too many attempts.</summary>
    public string Variants { get; private set; } = "due";
    public int Attempts { get; private set; }
    public DateTimeOffset DueAt { get; private set; }

    /// <summary>How the last attempt ended, if badly.</summary>
    public string? Error { get; private set; }
    public required DateTimeOffset CreatedAt { get; init; }

    public static StoredFile Of(ReceivedImage image, DateTimeOffset now)
    {
        var name = RandomNumberGenerator.GetHexString(32, lowercase: true);
        return new StoredFile
        {
            Sha256 = image.Sha256, Path = $"{ImageFiles.Folder}/{name[..2]}/{name}.{image.Ending}", Width = image.Width, Height = image.Height, Bytes = image.Bytes, DueAt = now, CreatedAt = now,
        };
    }

    /// <summary>Somebody sends it again: what went wrong may have been mended.</summary>
    public void TryAgain(DateTimeOffset now)
    {
        if (Variants == "dead")
            (Variants, Attempts, DueAt, Error) = ("due", 0, now, null);
    }
}

internal sealed class StoredFileMapping : IEntityTypeConfiguration<StoredFile>
{
    public void Configure(EntityTypeBuilder<StoredFile> builder)
    {
        builder.ToTable("files").HasKey(file => file.Id);
        builder.Property(file => file.Id).UseIdentityAlwaysColumn();
    }
}
