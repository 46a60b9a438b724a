using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Maydon.Kernel.Http.OpenApi;

/// <summary>The OpenAPI document of everything that is mapped, written once: routes do not change while the server runs.</summary>
public sealed class ApiDocument(IServiceProvider services)
{
    public const string Name = "v1";
    private readonly Lazy<Task<byte[]>> _json = new(() => WriteAsync(services, OpenApiConstants.Json));
    private readonly Lazy<Task<byte[]>> _yaml = new(() => WriteAsync(services, OpenApiConstants.Yaml));

    public Task<byte[]> JsonAsync() => _json.Value;

    public Task<byte[]> YamlAsync() => _yaml.Value;

    private static async Task<byte[]> WriteAsync(IServiceProvider services, string format)
    {
        await using var scope = services.CreateAsyncScope();
        var document = await scope.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync();
        using var bytes = new MemoryStream();
        await document.SerializeAsync(bytes, OpenApiSpecVersion.OpenApi3_1, format, CancellationToken.None);
        return bytes.ToArray();
    }
}
