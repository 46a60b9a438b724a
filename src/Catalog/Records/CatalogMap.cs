using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Catalog.Records;

/// <summary>Where the lists are.</summary>
public sealed record CatalogAddresses(
    string Project,
    string Client,
    string Nomenklatura,
    [property: JsonPropertyName("project-image")] string ProjectImage,
    [property: JsonPropertyName("client-image")] string ClientImage,
    [property: JsonPropertyName("nomenklatura-image")] string NomenklaturaImage);

internal static class CatalogMap
{
    public static void MapCatalogMap(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/", Get).WithTags("catalog").AllowAnonymous().WithSummary("The lists of the catalogue");

    private static Ok<CatalogAddresses> Get(HttpRequest request)
    {
        string At(string list) => $"{request.Scheme}://{request.Host.ToUriComponent()}{request.PathBase.ToUriComponent()}/api/v1/{list}/";
        return TypedResults.Ok(new CatalogAddresses(At("project"), At("client"), At("nomenklatura"), At("project-image"), At("client-image"), At("nomenklatura-image")));
    }
}
