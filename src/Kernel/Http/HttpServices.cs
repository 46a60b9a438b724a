using System.Text.Encodings.Web;
using System.Text.Json;
using Maydon.Kernel.Http.Access;
using Maydon.Kernel.Http.Edge;
using Maydon.Kernel.Http.Faults;
using Maydon.Kernel.Http.Guests;
using Maydon.Kernel.Http.Idempotency;
using Maydon.Kernel.Http.Json;
using Maydon.Kernel.Http.OpenApi;
using Maydon.Kernel.Http.Throttling;
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

    /// <summary>
    /// Letters of every script, the <c>&amp;</c> of links and the <c>+</c> of phone numbers stand as they are, to be read and copied. For answers alone,
    /// which are said to be JSON (<c>nosniff</c>): never for JSON within a page.
    /// </summary>
    public static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static void AddKernelHttp(this IServiceCollection services, MaydonSettings settings)
    {
        services.AddHttpContextAccessor();
        services.AddScoped<CurrentUser>();
        services.AddSingleton(provider => new KnownPermissions(provider.GetServices<ModulePermissions>()));
        services.AddSingleton<GuestCookie>();
        services.AddScoped(provider => new CurrentGuest(
            provider.GetRequiredService<IHttpContextAccessor>(), provider.GetRequiredService<GuestCookie>(),
            provider.GetRequiredService<ThrottleCounters>(), provider.GetRequiredService<MaydonSettings>()));
        services.AddSingleton<RequestCount>();
        services.AddSingleton<ThrottleCounters>();
        services.AddSingleton<ExceptionProblems>();
        services.AddScheduledJob<ForgetOldAnswers>("kernel.forget-old-answers", "0 17 * * * ?");
        services.AddSingleton<IProblemDetailsService, ValidationProblems>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusedAccess>();
        services.AddCrossOrigin(settings);
        services.AddApiDocument();
        // In place of the framework's own, so that no route can forget it.
        services.Configure<RouteOptions>(options => options.ConstraintMap["long"] = typeof(IdConstraint));
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
            options.SerializerOptions.Converters.Add(new MoneyConverter());
        });
    }
}
