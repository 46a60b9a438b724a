using System.Text.Json.Nodes;

namespace Maydon.Tests.Fuzz;

/// <summary>One operation as the server's own OpenAPI document describes it.</summary>
internal sealed class OpenApiOperation(JsonNode document, string path, string method, JsonNode operation)
{
    public string Path => path;
    public HttpMethod Method { get; } = new(method.ToUpperInvariant());
    public IReadOnlyList<JsonNode> Parameters { get; } = [.. (operation["parameters"]?.AsArray() ?? []).Select(parameter => Resolve(document, parameter!))];
    public IReadOnlyList<string> Statuses { get; } = [.. operation["responses"]!.AsObject().Select(response => response.Key)];

    /// <summary>The schema of the JSON body, null when there is none.</summary>
    public JsonNode? Body { get; } = operation["requestBody"] is { } body ? Resolve(document, Resolve(document, body)["content"]?["application/json"]?["schema"]) : null;

    /// <summary>The schema of a form with files, null when none is taken.</summary>
    public JsonNode? Form { get; } = operation["requestBody"] is { } body && Resolve(document, body)["content"]?["multipart/form-data"]?["schema"] is { } form ? Resolve(document, form) : null;

    /// <summary>Whether a field of the form is a file, or many.</summary>
    public IReadOnlyDictionary<string, bool> FormFields =>
        Form is null ? new Dictionary<string, bool>() : Properties(Form).ToDictionary(property => property.Key, property => IsFile(Resolve(document, property.Value)));

    private bool IsFile(JsonNode schema) => schema["format"]?.ToString() == "binary" || (schema["items"] is { } items && IsFile(Resolve(document, items)));

    public IEnumerable<KeyValuePair<string, JsonNode>> BodyProperties =>
        Body is null ? [] : Properties(Body).Select(property => KeyValuePair.Create(property.Key, Resolve(document, property.Value)));

    public static IEnumerable<OpenApiOperation> ReadAll(JsonNode document) =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        where operation.Key is "get" or "post" or "put" or "patch" or "delete"
        select new OpenApiOperation(document, path.Key, operation.Key, operation.Value!);

    public override string ToString() => $"{Method} {path}";

    private IEnumerable<KeyValuePair<string, JsonNode?>> Properties(JsonNode schema) =>
        (schema["properties"]?.AsObject() ?? []).Concat((schema["allOf"]?.AsArray() ?? []).SelectMany(part => Properties(Resolve(document, part))));

    /// <summary>Follows references, and of "this or null" takes this.</summary>
    private static JsonNode Resolve(JsonNode document, JsonNode? node)
    {
        while (node is not null)
        {
            if (node["$ref"]?.GetValue<string>() is { } reference)
                node = reference.TrimStart('#', '/').Split('/').Aggregate(document, (at, name) => at[name] ?? throw new InvalidOperationException($"{reference} leads nowhere."));
            else if ((node["oneOf"] ?? node["anyOf"])?.AsArray().FirstOrDefault(option => option!["type"]?.ToString() != "null") is { } option)
                node = option;
            else
                return node;
        }

        return new JsonObject();
    }
}
