using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http;

/// <summary>What a load balancer asks: never throttled, never redirected, under whatever host name it comes.</summary>
internal static class HealthPaths
{
    private static readonly PathString s_health = new("/health");
    private static readonly PathString s_apiHealth = new("/api/health");

    public static bool Contain(PathString path) =>
        path.StartsWithSegments(s_health, StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments(s_apiHealth, StringComparison.OrdinalIgnoreCase);
}
