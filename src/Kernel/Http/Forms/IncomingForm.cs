using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Maydon.Kernel.Http.Forms;

/// <summary>
/// A form as it arrives, part by part: whoever sends a file slowly holds no memory. One that breaks off, or is none, is the sender's fault, a
/// <see cref="BadHttpRequestException"/> that becomes 400 <c>malformed</c>; what the server itself says of the body stands as it is.
/// </summary>
public sealed class IncomingForm
{
    /// <summary>70 in RFC 2046; the reader takes none that its buffer has no room for.</summary>
    private const int LongestBoundary = 100;

    private readonly MultipartReader _reader;
    private readonly int _mostParts;
    private int _parts;

    private IncomingForm(MultipartReader reader, int mostParts) => (_reader, _mostParts) = (reader, mostParts);

    public static bool IsIn(HttpRequest request) => TypeOf(request) is not null;

    /// <param name="request">That a form is in.</param>
    /// <param name="mostParts">With more it is none.</param>
    public static IncomingForm Open(HttpRequest request, int mostParts) => new(new MultipartReader(BoundaryOf(request) ?? throw Malformed(), request.Body), mostParts);

    /// <summary>Null at the end. What is left of the part before is passed over.</summary>
    public async Task<FormPart?> ReadPartAsync(CancellationToken cancellationToken)
    {
        if (await FromWireAsync(() => _reader.ReadNextSectionAsync(cancellationToken)) is not { } section)
            return null;
        if (++_parts > _mostParts || !ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var told))
            throw Malformed();
        return new FormPart(HeaderUtilities.RemoveQuotes(told.Name).ToString(), told.FileNameStar.Value ?? HeaderUtilities.RemoveQuotes(told.FileName).Value, section.Body);
    }

    /// <summary>Some more of a part, or of the body of a request that is no form; 0 at its end.</summary>
    public static Task<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken) => FromWireAsync(() => body.ReadAsync(buffer, cancellationToken).AsTask());

    /// <summary>What a field says that is yes or no; an empty one is no. Null when it says neither.</summary>
    public static bool? ReadFlag(string text) => text.Trim().ToLowerInvariant() switch
    {
        "true" or "1" or "on" => true,
        "false" or "0" or "off" or "" => false,
        _ => null,
    };

    /// <summary>By what its parts are parted. Null when nothing that could is told.</summary>
    internal static string? BoundaryOf(HttpRequest request) =>
        TypeOf(request) is { } type && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= LongestBoundary } boundary ? boundary.ToString() : null;

    private static MediaTypeHeaderValue? TypeOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) ? type : null;

    private static async Task<T> FromWireAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw Malformed(e);
        }
        catch (InvalidDataException e)
        {
            throw Malformed(e);
        }
    }

    private static BadHttpRequestException Malformed(Exception? cause = null) => new("The form is no form.", StatusCodes.Status400BadRequest, cause!);
}

/// <summary>One field of a form, or one file.</summary>
/// <param name="FileName">As it was sent. Null for a field; empty for a file that nobody chose.</param>
/// <param name="Body">For <see cref="IncomingForm.ReadAsync"/>.</param>
public sealed record FormPart(string Name, string? FileName, Stream Body);
