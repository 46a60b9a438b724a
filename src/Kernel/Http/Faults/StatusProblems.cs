using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http.Faults;

/// <summary>The problem of a bare status code.</summary>
internal static class StatusProblems
{
    public static Problem Of(int status) => Problem.Of(status, status switch
    {
        StatusCodes.Status401Unauthorized => "not_authenticated",
        StatusCodes.Status403Forbidden => "permission_denied",
        StatusCodes.Status404NotFound => "not_found",
        StatusCodes.Status405MethodNotAllowed => "method_not_allowed",
        StatusCodes.Status413PayloadTooLarge => "payload_too_large",
        StatusCodes.Status415UnsupportedMediaType => "unsupported_media_type",
        StatusCodes.Status429TooManyRequests => "throttled",
        StatusCodes.Status503ServiceUnavailable => "unavailable",
        >= 500 => "server_error",
        _ => "malformed",
    });
}
