using System.Globalization;
using System.Text.RegularExpressions;
using Maydon.Kernel.Http;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Maydon.Shop.Catalogue.Images;

/// <summary><c>/media/…</c>: pictures below <c>DATA_DIR/media</c>, and nothing else that may lie there.</summary>
internal static partial class MediaFiles
{
    // A picture that changes gets another name: whoever has it need not ask again.
    private const string Caching = "public, max-age=31536000, immutable";

    public static void MapMedia(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/media/{**path}", Get).AllowAnonymous().ExcludeFromDescription();

    public static string Directory(MaydonSettings settings) => Path.Combine(settings.DataDir, "media");

    private static Results<PhysicalFileHttpResult, Problem> Get(string? path, MaydonSettings settings, HttpResponse response)
    {
        // No dot but that of the ending, so no way up; what the name does not end in is not looked for.
        if (path is null || path.Length > 255 || Name().Match(path) is not { Success: true } name)
            return Problem.NotFound("not_found");
        var file = new FileInfo(Path.Combine(Directory(settings), path));
        if (!file.Exists)
            return Problem.NotFound("not_found");
        response.Headers.CacheControl = Caching;
        // It is the same in every language and for everybody.
        response.Headers.Vary = settings.CorsAllowedOrigins.Count == 0 ? default : HeaderNames.Origin;
        response.Headers.ContentLanguage = default;
        var written = new DateTimeOffset(file.LastWriteTimeUtc);
        var tag = string.Create(CultureInfo.InvariantCulture, $"\"{file.Length:x}-{written.Ticks:x}\"");
        return TypedResults.PhysicalFile(file.FullName, TypeOf(name.Groups["ending"].Value), lastModified: written, entityTag: new EntityTagHeaderValue(tag), enableRangeProcessing: true);
    }

    private static string TypeOf(string ending) => ending switch
    {
        "png" => "image/png",
        "jpg" => "image/jpeg",
        _ => "image/webp",
    };

    [GeneratedRegex(@"^[a-z0-9][a-z0-9/_-]*\.(?<ending>png|jpg|webp)\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
