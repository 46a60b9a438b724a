using System.Globalization;
using System.Text.RegularExpressions;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Maydon.Kernel.Http.Media;

/// <summary>
/// <c>/media/…</c>: pictures below <c>DATA_DIR/media</c>, and nothing else that may lie there. <c>name-300.jpg</c> is <c>name.jpg</c> made to fit into a
/// square of 300 pixels; until somebody has made it the original is the answer, which then nobody keeps for long.
/// </summary>
public static partial class MediaFiles
{
    // A picture that changes gets another name: whoever has it need not ask again.
    private const string Caching = "public, max-age=31536000, immutable";
    private const string CachingInstead = "public, max-age=60";

    internal static void MapMedia(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/media/{**path}", Get).AllowAnonymous().ExcludeFromDescription();

    public static string Directory(MaydonSettings settings) => Path.Combine(settings.DataDir, "media");

    private static Results<PhysicalFileHttpResult, Problem> Get(string? path, MaydonSettings settings, HttpResponse response)
    {
        // No dot but that of the ending, so no way up; what the name does not end in is not looked for.
        if (path is null || path.Length > 255 || Name().Match(path) is not { Success: true } name)
            return Problem.NotFound("not_found");
        var (file, caching) = (new FileInfo(Path.Combine(Directory(settings), path)), Caching);
        if (!file.Exists && Variant().Match(path) is { Success: true } variant)
            (file, caching) = (new FileInfo(Path.Combine(Directory(settings), $"{variant.Groups["name"].Value}.{name.Groups["ending"].Value}")), CachingInstead);
        if (!file.Exists)
            return Problem.NotFound("not_found");
        response.Headers.CacheControl = caching;
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
        "gif" => "image/gif",
        _ => "image/webp",
    };

    [GeneratedRegex(@"^[a-z0-9][a-z0-9/_-]*\.(?<ending>png|jpg|gif|webp)\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Name();

    [GeneratedRegex(@"^(?<name>[a-z0-9/_-]+)-(150|300|600|1200)\.", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Variant();
}
