using System.ComponentModel;
using System.Text.Json.Serialization;
using Maydon.Catalog.Clients;
using Maydon.Catalog.Records;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Maydon.Catalog.Images.Lists;

/// <summary>An image of a client.</summary>
public sealed record ClientImageItem : CatalogImageItem
{
    /// <summary>The id of the client.</summary>
    public required long Client { get; init; }

    [JsonPropertyName("client_code_1c")]
    public required string ClientCode1c { get; init; }
}

/// <summary>What the list of the clients' images can be asked for.</summary>
public sealed class ClientImageQuery : ImageQuery
{
    [FromQuery(Name = "client"), Description("The code of a client, or its id where there is no such code.")]
    public string? Client { get; set; }

    [FromQuery(Name = "client_code_1c"), Description("The whole code, letter case included.")]
    public string? ClientCode1c { get; set; }

    internal override string? Record => Client;

    internal override string? RecordCode => ClientCode1c;
}

/// <summary>The form that adds an image.</summary>
internal sealed class ClientImageForm : ImageForm
{
    [Description("The code of the client; its id is read too. Or say client_code_1c.")]
    public string? Client { get; set; }

    [JsonPropertyName("client_code_1c")]
    public string? ClientCode1c { get; set; }
}

/// <summary>The form that adds many.</summary>
internal sealed class ClientImageBulkForm
{
    [JsonPropertyName("client_code_1c")]
    public required string ClientCode1c { get; set; }

    [Description("As image in the form for one; the field repeated, up to 20 times and 50 MB.")]
    public required IReadOnlyList<Stream> Images { get; set; }
}

internal sealed class ClientImageList(CatalogList<ClientItem> records) : ImageList<ClientImageItem>(records)
{
    public override Type Form => typeof(ClientImageForm);
    public override Type BulkForm => typeof(ClientImageBulkForm);

    public override ClientImageItem Read(NpgsqlDataReader reader)
    {
        var image = ImageRow.Of(reader);
        return new ClientImageItem
        {
            Id = image.Id, Client = image.RecordId, ClientCode1c = image.Code, ImageUrl = image.Url(), ImageThumbnailUrl = image.Url(150), ImageSmUrl = image.Url(300),
            ImageMdUrl = image.Url(600), ImageLgUrl = image.Url(1200), Width = image.Width, Height = image.Height, IsMain = image.IsMain, Category = image.Category,
            Note = image.Note, Position = image.Position, CreatedAt = image.CreatedAt, UpdatedAt = image.UpdatedAt, Version = image.Version,
        };
    }
}
