using Maydon.Catalog.Texts;
using Maydon.Kernel.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Maydon.Catalog.Records;

/// <summary>What projects, clients and items have in common.</summary>
internal abstract class CatalogRecord
{
    public const int DescriptionLength = 20_000;

    /// <summary>Once every sign that could begin something is written as an entity.</summary>
    public const int SafeDescriptionLength = 100_000;

    public long Id { get; private set; }

    /// <summary>What the ERP knows it by; it never changes and is never free again.</summary>
    public string Code { get; private set; } = "";
    public string Name { get; private set; } = "";

    /// <summary>HTML that has been through <see cref="SafeHtml"/>.</summary>
    public string? Description { get; private set; }

    /// <summary>False hides it from who is not signed in.</summary>
    public bool IsActive { get; private set; } = true;
    public bool IsDeleted { get; private set; }

    /// <summary>Counted by the database with every write that changes something.</summary>
    public long Version { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset UpdatedAt { get; private set; }

    public void Begin(string code, DateTimeOffset now) => (Code, CreatedAt, UpdatedAt) = (code, now, now);

    public void Delete(DateTimeOffset now) => (IsDeleted, UpdatedAt) = (true, now);

    public void Restore(DateTimeOffset now) => (IsDeleted, UpdatedAt) = (false, now);

    public void Touch(DateTimeOffset now) => UpdatedAt = now;

    /// <summary>What is left out is emptied by a replacement, but for whether it is active, and kept by a change.</summary>
    protected void WriteShared(RecordFields sent, bool replace)
    {
        if (replace || sent.IsSent(nameof(sent.Name)))
            Name = FieldRules.Trimmed(sent.Name);
        if (replace || sent.IsSent(nameof(sent.Description)))
            Description = sent.SafeDescription;
        // Who does not speak of it neither hides nor shows anything.
        if (sent.IsActive is { } isActive)
            IsActive = isActive;
    }

    /// <summary>A line of text as it is kept: none when there is nothing to be seen.</summary>
    protected static string? Line(string? text) => FieldRules.Trimmed(text) is { Length: > 0 } line ? line : null;
}

internal abstract class CatalogRecord<TFields> : CatalogRecord where TFields : RecordFields
{
    /// <param name="sent">Checked.</param>
    public abstract void Write(TFields sent, bool replace);
}

internal static class RecordMapping
{
    public static void MapRecord<TRecord>(this EntityTypeBuilder<TRecord> builder, string table) where TRecord : CatalogRecord
    {
        builder.ToTable(table).HasKey(record => record.Id);
        builder.Property(record => record.Id).UseIdentityAlwaysColumn();
        builder.Property(record => record.Version).ValueGeneratedOnAddOrUpdate();
    }
}
