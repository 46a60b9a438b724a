using System.Reflection;
using System.Text.Json;
using Maydon.Kernel.Http.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Maydon.Kernel.Http.Faults;

/// <summary>ASP.NET names what is wrong by the C# parameter or property; the client knows it by what it wrote.</summary>
internal static class WireNames
{
    public static string OfParameter(string name, HttpContext context) => Declared(name, context) ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    /// <summary><c>Lines[0].UnitPrice</c> → <c>lines[0].unit_price</c>, and a query parameter by its own name.</summary>
    public static string OfPath(string path, HttpContext context) =>
        Declared(path, context) ?? string.Join('.', path.Split('.').Select(JsonNamingPolicy.SnakeCaseLower.ConvertName));

    /// <summary>Whether the parameter is read as a point in time.</summary>
    public static bool IsTime(string name, HttpContext context) => Find(name, context)?.ParameterType is { } type && SchemaDetails.IsTime(Nullable.GetUnderlyingType(type) ?? type);

    private static string? Declared(string name, HttpContext context) => Find(name, context)?.GetCustomAttributes().OfType<IFromQueryMetadata>().FirstOrDefault()?.Name;

    private static ParameterInfo? Find(string name, HttpContext context) => context.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
        .FirstOrDefault(parameter => parameter.Name == name)?.ParameterInfo;
}
