namespace Maydon.Site;

internal static class FrontDoor
{
    /// <summary>Until there are pages, the square's front is the description of its API.</summary>
    public static void MapFrontDoor(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/", () => TypedResults.LocalRedirect("/swagger/")).AllowAnonymous().ExcludeFromDescription();
}
