using Maydon.Kernel.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Kernel.Redis;

internal static class RedisServices
{
    /// <summary>Whoever can use it takes a <c>RedisConnection?</c>, which is null with one node alone.</summary>
    public static void AddRedis(this IServiceCollection services, MaydonSettings settings)
    {
        services.AddSingleton<ChangeLog>();
        if (settings.RedisUrl is null)
            return;
        services.AddSingleton(new RedisPatience(TimeSpan.FromSeconds(1)));
        services.AddSingleton<RedisConnection>();
        services.AddHostedService(provider => provider.GetRequiredService<RedisConnection>());
    }
}
