using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Maydon.Kernel.Http.OpenApi;

internal static class OpenApiServices
{
    public static void AddApiDocument(this IServiceCollection services)
    {
        services.AddSingleton<ApiDocument>();
        services.AddOpenApi(ApiDocument.Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.CreateSchemaReferenceId = SchemaName;
            // It is where GET is, and says nothing else.
            options.ShouldInclude = operation => operation.HttpMethod != HttpMethods.Head;
            options.AddSchemaTransformer(SchemaDetails.Complete);
            options.AddOperationTransformer(OperationDetails.CompleteAsync);
            options.AddDocumentTransformer(DocumentDetails.Complete);
        });
    }

    private static string? SchemaName(JsonTypeInfo type)
    {
        // A file in a form is nothing of its own either.
        if (SchemaDetails.IsParsedText(Nullable.GetUnderlyingType(type.Type) ?? type.Type) || type.Type == typeof(Stream))
            return null;
        return type.Type == typeof(ProblemBody) ? "Problem" : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
    }
}
