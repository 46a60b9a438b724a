using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Maydon.Kernel.Http.Json;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Maydon.Kernel.Http.OpenApi;

/// <summary>Schemas as the server reads and writes them: what .NET cannot know of our converters, rules and parsed parameters.</summary>
internal static class SchemaDetails
{
    public static Task Complete(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        var property = context.JsonPropertyInfo;
        if (IsParsedText(type))
            DescribeParsedText(schema, type);
        else if (type == typeof(string) || type == typeof(DateTimeOffset))
            schema.Type = property is not null && MayBeNull(property) ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
        if (type == typeof(decimal))
            DescribeMoney(schema, mayBeNull: property is not null && MayBeNull(property));
        if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element } && element == typeof(string))
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.String };
        if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Dictionary, ElementType: { } value })
            schema.AdditionalProperties = DescribeValue(value);
        DropQuotedNumbers(schema);
        if (type == typeof(ProblemBody))
            schema.Required?.Remove("errors");
        // So that what is tried out is filled in with an address.
        if (property?.Name == "email")
            schema.Format = "email";
        if (property?.AttributeProvider?.IsDefined(typeof(RequiredToCreateAttribute), inherit: true) is true)
            schema.Description = $"{schema.Description} Required of something new.".TrimStart();
        if (schema.MinLength == 0)
            schema.MinLength = null;
        if (FindChoices(context) is { } choices)
        {
            // What is not said is left out: null is none of the choices.
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. choices.Where(choice => choice is not null).Select(choice => (JsonNode)JsonValue.Create($"{choice}"))];
        }

        return Task.CompletedTask;
    }

    /// <summary>A type that reads itself from the text of a parameter is no object to the client.</summary>
    public static bool IsParsedText(Type type) =>
        type.Assembly != typeof(string).Assembly
        && type.GetMethod("TryParse", BindingFlags.Public | BindingFlags.Static, [typeof(string), typeof(IFormatProvider), type.MakeByRefType()]) is not null;

    /// <summary>A point in time, or a type that is read from text as one.</summary>
    public static bool IsTime(Type type) => type == typeof(DateTimeOffset) || IsParsedText(type) && type.GetProperties().Any(property => property.PropertyType == typeof(DateTimeOffset));

    private static void DescribeParsedText(OpenApiSchema schema, Type type)
    {
        schema.Type = JsonSchemaType.String;
        schema.Properties = null;
        schema.Required = null;
        if (IsTime(type))
            schema.Format = "date-time";
    }

    private static void DescribeMoney(OpenApiSchema schema, bool mayBeNull)
    {
        schema.Type = mayBeNull ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
        schema.Format = null;
        schema.Pattern = MoneyConverter.Pattern;
    }

    private static OpenApiSchema DescribeValue(Type type)
    {
        if (type == typeof(string))
            return new OpenApiSchema { Type = JsonSchemaType.String };
        return type.IsAssignableTo(typeof(IEnumerable<string>))
            ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } }
            : new OpenApiSchema();
    }

    /// <summary>Numbers in quotes are read too, but that is a kindness and no promise.</summary>
    private static void DropQuotedNumbers(OpenApiSchema schema)
    {
        if (schema.Type is not { } type || !type.HasFlag(JsonSchemaType.String) || !(type.HasFlag(JsonSchemaType.Integer) || type.HasFlag(JsonSchemaType.Number)))
            return;
        schema.Type = type & ~JsonSchemaType.String;
        schema.Pattern = null;
    }

    private static bool MayBeNull(JsonPropertyInfo property) =>
        (property.IsGetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null)
        && property.AttributeProvider?.IsDefined(typeof(RequiredAttribute), inherit: true) is not true;

    private static object?[]? FindChoices(OpenApiSchemaTransformerContext context)
    {
        var attributes = context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(inherit: true)
            ?? (context.ParameterDescription?.ParameterDescriptor as IParameterInfoParameterDescriptor)?.ParameterInfo.GetCustomAttributes(inherit: true);
        return attributes?.OfType<AllowedValuesAttribute>().FirstOrDefault()?.Values;
    }
}
