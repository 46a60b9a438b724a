using Maydon.Catalog.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Maydon.Catalog.Items;

/// <summary>An item of the nomenklatura: what there is to sell, make or keep in stock.</summary>
internal sealed class Item : CatalogRecord<NomenklaturaFields>
{
    public string? Title { get; private set; }

    public long? ProjectId { get; private set; }

    public override void Write(NomenklaturaFields sent, bool replace)
    {
        WriteShared(sent, replace);
        if (replace || sent.IsSent(nameof(sent.Title)))
            Title = Line(sent.Title);
    }

    /// <param name="projectId">That there is.</param>
    public void MoveTo(long? projectId) => ProjectId = projectId;
}

internal sealed class ItemMapping : IEntityTypeConfiguration<Item>
{
    public void Configure(EntityTypeBuilder<Item> builder) => builder.MapRecord("items");
}
