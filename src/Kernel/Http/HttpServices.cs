using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Maydon.Kernel.Http.Access;
using Maydon.Kernel.Http.Edge;
using Maydon.Kernel.Http.Faults;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Kernel.Http.Json;
using Maydon.Kernel.Http.OpenApi;
using Maydon.Kernel.Jobs;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Kernel.Http;

/// <summary>What speaking HTTP needs.</summary>
internal static class HttpServices
{
    /// <summary>An endpoint that takes files says otherwise by its own metadata.</summary>
    public const long MaxBodyBytes = 1024 * 1024;

    /// <summary>Letters of every script stand as they are; what means something to HTML stays escaped.</summary>
    public static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);

    public static void AddKernelHttp(this IServiceCollection services, MaydonSettings settings)
    {
        services.AddHttpContextAccessor();
        services.AddScoped<CurrentUser>();
        services.AddSingleton<ThrottleCounters>();
        services.AddSingleton<ExceptionProblems>();
        services.AddScheduledJob<ForgetOldAnswers>("kernel.forget-old-answers", "0 17 * * * ?");
        services.AddSingleton<IProblemDetailsService, ValidationProblems>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusedAccess>();
        services.AddCrossOrigin(settings);
        services.AddApiDocument();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaxBodyBytes;
        });
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            options.SerializerOptions.DictionaryKeyPolicy = null;
            options.SerializerOptions.Encoder = Encoder;
            options.SerializerOptions.Converters.Add(new TextConverter());
            options.SerializerOptions.Converters.Add(new TimestampConverter());
        });
    }
}
