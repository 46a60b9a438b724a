using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Kernel.Http;

/// <summary>The groups in which the document shows a module's operations, in the order in which people need them.</summary>
internal sealed record ApiTags(IReadOnlyList<string> Names)
{
    // Looked at last, whatever modules there are.
    private static readonly string[] s_last = ["admin", "health"];

    /// <summary>Where each comes; what nobody named comes after those that were, and before the last.</summary>
    internal static Dictionary<string, int> Order(IServiceProvider services)
    {
        var order = services.GetServices<ApiTags>().SelectMany(tags => tags.Names).Except(s_last).Index().ToDictionary(tag => tag.Item, tag => tag.Index, StringComparer.Ordinal);
        foreach (var (place, tag) in s_last.Index())
            order[tag] = int.MaxValue - s_last.Length + place;
        return order;
    }
}

public static class ApiTagServices
{
    public static IServiceCollection AddApiTags(this IServiceCollection services, params string[] names) => services.AddSingleton(new ApiTags(names));
}
