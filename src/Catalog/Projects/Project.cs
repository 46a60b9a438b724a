using Maydon.Catalog.Records;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Maydon.Catalog.Projects;

/// <summary>What items may belong to.</summary>
internal sealed class Project : CatalogRecord<ProjectFields>
{
    public string? Title { get; private set; }

    public override void Write(ProjectFields sent, bool replace)
    {
        WriteShared(sent, replace);
        if (replace || sent.IsSent(nameof(sent.Title)))
            Title = Line(sent.Title);
    }
}

internal sealed class ProjectMapping : IEntityTypeConfiguration<Project>
{
    public void Configure(EntityTypeBuilder<Project> builder) => builder.MapRecord("projects");
}
