using System.ComponentModel;
using System.Text.Json.Serialization;
using Maydon.Catalog.Projects;
using Maydon.Catalog.Records;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Maydon.Catalog.Images.Lists;

/// <summary>An image of a project.</summary>
public sealed record ProjectImageItem : CatalogImageItem
{
    /// <summary>The id of the project.</summary>
    public required long Project { get; init; }

    [JsonPropertyName("code_1c")]
    public required string Code1c { get; init; }
}

/// <summary>What the list of the projects' images can be asked for.</summary>
public sealed class ProjectImageQuery : ImageQuery
{
    [FromQuery(Name = "project"), Description("The code of a project, or its id where there is no such code.")]
    public string? Project { get; set; }

    [FromQuery(Name = "code_1c"), Description("The whole code, letter case included.")]
    public string? Code1c { get; set; }

    internal override string? Record => Project;

    internal override string? RecordCode => Code1c;
}

/// <summary>The form that adds an image.</summary>
internal sealed class ProjectImageForm : ImageForm
{
    [Description("The code of the project; its id is read too. Or say code_1c.")]
    public string? Project { get; set; }

    [JsonPropertyName("code_1c")]
    public string? Code1c { get; set; }
}

/// <summary>The form that adds many.</summary>
internal sealed class ProjectImageBulkForm
{
    [JsonPropertyName("code_1c")]
    public required string Code1c { get; set; }

    [Description("As image in the form for one; the field repeated, up to 20 times and 50 MB.")]
    public required IReadOnlyList<Stream> Images { get; set; }
}

internal sealed class ProjectImageList(CatalogList<ProjectItem> records) : ImageList<ProjectImageItem>(records)
{
    public override Type Form => typeof(ProjectImageForm);
    public override Type BulkForm => typeof(ProjectImageBulkForm);

    public override ProjectImageItem Read(NpgsqlDataReader reader)
    {
        var image = ImageRow.Of(reader);
        return new ProjectImageItem
        {
            Id = image.Id, Project = image.RecordId, Code1c = image.Code, ImageUrl = image.Url(), ImageThumbnailUrl = image.Url(150), ImageSmUrl = image.Url(300),
            ImageMdUrl = image.Url(600), ImageLgUrl = image.Url(1200), Width = image.Width, Height = image.Height, IsMain = image.IsMain, Category = image.Category,
            Note = image.Note, Position = image.Position, CreatedAt = image.CreatedAt, UpdatedAt = image.UpdatedAt, Version = image.Version,
        };
    }
}
