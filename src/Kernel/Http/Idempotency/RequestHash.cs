using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Maydon.Kernel.Http.Forms;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Maydon.Kernel.Http.Idempotency;

/// <summary>What a repeat has in common with the first request. The body is whole afterwards, and can be read once more.</summary>
internal static class RequestHash
{
    private const int BufferSize = 16 * 1024;

    public static async Task<byte[]> OfAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        request.EnableBuffering();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method}\n{PathOf(request)}\n{request.QueryString.Value}\n"));
        using var plain = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await AppendAsync(plain, request.Body, cancellationToken);
        request.Body.Position = 0;
        if (IncomingForm.BoundaryOf(request) is { } boundary)
        {
            var form = await OfFormAsync(new MultipartReader(boundary, request.Body), cancellationToken);
            request.Body.Position = 0;
            if (form is not null)
            {
                hash.AppendData(form);
                return hash.GetHashAndReset();
            }
        }

        hash.AppendData(plain.GetHashAndReset());
        return hash.GetHashAndReset();
    }

    /// <summary>Servers decode all of a path but <c>%2F</c>: a slash in one code and these three characters in another look the same but for what came over the wire.</summary>
    private static string PathOf(HttpRequest request)
    {
        var path = request.Path.Value!.TrimEnd('/');
        return path.Contains('%', StringComparison.Ordinal) ? $"{path} {request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0].TrimEnd('/')}" : path;
    }

    /// <summary>Of its parts: clients part them by another text every time. Null when it is no form.</summary>
    private static async Task<byte[]?> OfFormAsync(MultipartReader reader, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = new byte[sizeof(long)];
        try
        {
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                foreach (var (name, values) in section.Headers ?? [])
                    hash.AppendData(Encoding.UTF8.GetBytes($"{name}: {values}\n"));
                var total = await AppendAsync(hash, section.Body, cancellationToken);
                BinaryPrimitives.WriteInt64LittleEndian(length, total);
                hash.AppendData(length);
            }

            return hash.GetHashAndReset();
        }
        catch (InvalidDataException)
        {
            return null;
        }
        catch (IOException)
        {
            // It breaks off.
            return null;
        }
    }

    private static async Task<long> AppendAsync(IncrementalHash hash, Stream body, CancellationToken cancellationToken)
    {
        var (buffer, total, read) = (new byte[BufferSize], 0L, 0);
        while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            total += read;
        }

        return total;
    }
}
