using System.ComponentModel;
using System.Text.Json.Serialization;
using Maydon.Catalog.Items;
using Maydon.Catalog.Records;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Maydon.Catalog.Images.Lists;

/// <summary>An image of an item.</summary>
public sealed record NomenklaturaImageItem : CatalogImageItem
{
    /// <summary>The id of the item.</summary>
    public required long Nomenklatura { get; init; }

    [JsonPropertyName("code_1c")]
    public required string Code1c { get; init; }
}

/// <summary>What the list of the items' images can be asked for.</summary>
public sealed class NomenklaturaImageQuery : ImageQuery
{
    [FromQuery(Name = "nomenklatura"), Description("The code of an item, or its id where there is no such code.")]
    public string? Nomenklatura { get; set; }

    [FromQuery(Name = "code_1c"), Description("The whole code, letter case included.")]
    public string? Code1c { get; set; }

    internal override string? Record => Nomenklatura;

    internal override string? RecordCode => Code1c;
}

/// <summary>The form that adds an image.</summary>
internal sealed class NomenklaturaImageForm : ImageForm
{
    [Description("The code of the item; its id is read too. Or say code_1c.")]
    public string? Nomenklatura { get; set; }

    [JsonPropertyName("code_1c")]
    public string? Code1c { get; set; }
}

/// <summary>The form that adds many.</summary>
internal sealed class NomenklaturaImageBulkForm
{
    [JsonPropertyName("code_1c")]
    public required string Code1c { get; set; }

    [Description("As image in the form for one; the field repeated, up to 20 times and 50 MB.")]
    public required IReadOnlyList<Stream> Images { get; set; }
}

internal sealed class NomenklaturaImageList(CatalogList<NomenklaturaItem> records) : ImageList<NomenklaturaImageItem>(records)
{
    public override Type Form => typeof(NomenklaturaImageForm);
    public override Type BulkForm => typeof(NomenklaturaImageBulkForm);

    public override NomenklaturaImageItem Read(NpgsqlDataReader reader)
    {
        var image = ImageRow.Of(reader);
        return new NomenklaturaImageItem
        {
            Id = image.Id, Nomenklatura = image.RecordId, Code1c = image.Code, ImageUrl = image.Url(), ImageThumbnailUrl = image.Url(150), ImageSmUrl = image.Url(300),
            ImageMdUrl = image.Url(600), ImageLgUrl = image.Url(1200), Width = image.Width, Height = image.Height, IsMain = image.IsMain, Category = image.Category,
            Note = image.Note, Position = image.Position, CreatedAt = image.CreatedAt, UpdatedAt = image.UpdatedAt, Version = image.Version,
        };
    }
}
