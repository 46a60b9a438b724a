using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Kernel.Http.Edge;

/// <summary>Which other sites' scripts may call: those of <c>CORS_ALLOWED_ORIGINS</c>, none unless told.</summary>
internal static class CrossOrigin
{
    // What a script may read beside the few headers that browsers always show.
    private static readonly string[] s_exposed = ["Content-Disposition", "ETag", "Idempotency-Replayed", "Location", "Retry-After", "WWW-Authenticate"];

    public static void AddCrossOrigin(this IServiceCollection services, MaydonSettings settings) =>
        services.AddCors(cors => cors.AddDefaultPolicy(policy => Build(policy, settings)));

    public static void UseCrossOrigin(this IApplicationBuilder app, MaydonSettings settings)
    {
        if (settings.CorsAllowedOrigins.Count > 0)
            app.UseCors();
    }

    private static void Build(CorsPolicyBuilder policy, MaydonSettings settings)
    {
        policy.AllowAnyMethod().AllowAnyHeader().WithExposedHeaders(s_exposed).SetPreflightMaxAge(TimeSpan.FromHours(1));
        if (settings.CorsAllowedOrigins.Contains("*"))
        {
            // Never with credentials, whatever the setting says: any site could act for whoever is signed in.
            policy.AllowAnyOrigin();
            return;
        }

        policy.WithOrigins([.. settings.CorsAllowedOrigins]);
        if (settings.CorsAllowCredentials)
            policy.AllowCredentials();
    }
}
