using System.Globalization;
using System.Text.Json;
using Maydon.Kernel.Http.Idempotency;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace Maydon.Kernel.Http.OpenApi;

/// <summary>What holds for every operation of a kind is written here once, not at each endpoint: refusals, security, headers.</summary>
internal static class OperationDetails
{
    public static async Task CompleteAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var path = context.Description.RelativePath ?? "";
        var method = context.Description.HttpMethod ?? HttpMethods.Get;
        var permissions = metadata.OfType<RequiredPermission>().Select(required => required.Name).Distinct(StringComparer.Ordinal).ToList();
        var needsUser = (metadata.OfType<IAuthorizeData>().Any() || permissions.Count > 0) && !metadata.OfType<IAllowAnonymous>().Any();
        var honoursKey = needsUser && !HttpMethods.IsGet(method) && !metadata.Contains(IdempotencyMode.None);
        operation.OperationId ??= OperationId(method, path);
        operation.Tags = new HashSet<OpenApiTagReference> { new(metadata.OfType<ITagsMetadata>().LastOrDefault()?.Tags[0] ?? Tag(path), context.Document) };
        if (HttpMethods.IsPost(method))
            MarkRequired(operation, context.Description);
        Secure(operation, needsUser, takesKey: permissions.Count > 0 || !needsUser || metadata.Contains(KeysWelcome.Mark), context.Document!);
        if (permissions.Count > 0)
            operation.Description = $"{operation.Description}\n\nAsks for {string.Join(" and ", permissions.Select(name => $"`{name}`"))}.".Trim();
        if (honoursKey)
            AddKey(operation);
        await AddRefusalsAsync(operation, context, Refusals(operation, metadata, path, needsUser, honoursKey), cancellationToken);
    }

    private static IEnumerable<int> Refusals(OpenApiOperation operation, IList<object> metadata, string path, bool needsUser, bool honoursKey)
    {
        if (operation.Parameters?.Count > 0 || operation.RequestBody is not null)
            yield return StatusCodes.Status400BadRequest;
        yield return StatusCodes.Status401Unauthorized;
        if (needsUser && (metadata.OfType<RequiredPermission>().Any() || metadata.OfType<IAuthorizeData>().Any(rule => rule.Policy is not null || rule.Roles is not null)))
            yield return StatusCodes.Status403Forbidden;
        if (operation.Parameters?.Any(parameter => parameter.In == ParameterLocation.Path) is true)
            yield return StatusCodes.Status404NotFound;
        if (operation.RequestBody is not null)
        {
            yield return StatusCodes.Status413PayloadTooLarge;
            yield return StatusCodes.Status415UnsupportedMediaType;
        }

        if (honoursKey)
        {
            yield return StatusCodes.Status409Conflict;
            yield return StatusCodes.Status422UnprocessableEntity;
        }

        if (HealthPaths.Contain($"/{path}"))
            yield break;
        yield return StatusCodes.Status429TooManyRequests;
        yield return StatusCodes.Status503ServiceUnavailable;
    }

    private static async Task AddRefusalsAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, IEnumerable<int> statuses, CancellationToken cancellationToken)
    {
        var problem = await context.GetOrCreateSchemaAsync(typeof(ProblemBody), parameterDescription: null, cancellationToken);
        context.Document!.AddComponent("Problem", problem);
        operation.Responses ??= [];
        foreach (var status in statuses)
        {
            operation.Responses.TryAdd(status.ToString(CultureInfo.InvariantCulture), new OpenApiResponse
            {
                Content = new Dictionary<string, OpenApiMediaType> { [Problem.ContentType] = new() { Schema = new OpenApiSchemaReference("Problem", context.Document) } },
            });
        }

        foreach (var (code, answer) in operation.Responses)
        {
            if (answer is not OpenApiResponse response || !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
                continue;
            response.Description = Meaning(status);
            if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            {
                response.Headers ??= new Dictionary<string, IOpenApiHeader>();
                response.Headers["Retry-After"] = new OpenApiHeader { Description = "Seconds to wait.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer } };
            }
        }

        var ordered = operation.Responses.OrderBy(response => response.Key, StringComparer.Ordinal).ToList();
        operation.Responses = [];
        foreach (var (code, response) in ordered)
            operation.Responses.Add(code, response);
    }

    private static void Secure(OpenApiOperation operation, bool needsUser, bool takesKey, OpenApiDocument document)
    {
        operation.Security = [By(DocumentDetails.Bearer)];
        if (takesKey)
            operation.Security.Add(By(DocumentDetails.ApiKey));
        // An empty requirement beside them: a token may be sent, and if so it must be valid.
        if (!needsUser)
            operation.Security.Insert(0, []);

        OpenApiSecurityRequirement By(string scheme) => new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };
    }

    /// <summary>Making and changing share a body: what only something new must have is said beside it.</summary>
    private static void MarkRequired(OpenApiOperation operation, ApiDescription description)
    {
        var body = description.ParameterDescriptions.FirstOrDefault(parameter => parameter.Source == BindingSource.Body)?.Type;
        var required = (body?.GetProperties() ?? []).Where(property => property.IsDefined(typeof(RequiredToCreateAttribute), inherit: true))
            .Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name)).ToHashSet(StringComparer.Ordinal);
        if (required.Count == 0)
            return;
        foreach (var content in operation.RequestBody?.Content?.Values.OfType<OpenApiMediaType>() ?? [])
            content.Schema = new OpenApiSchema { AllOf = [content.Schema!, new OpenApiSchema { Type = JsonSchemaType.Object, Required = required }] };
    }

    private static void AddKey(OpenApiOperation operation)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = "Idempotency-Key",
            In = ParameterLocation.Header,
            Description = "Any text of your own, new for every new request: a repeat under the same key gets the first answer again.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
        });
    }

    private static string Meaning(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "Malformed or invalid.",
        StatusCodes.Status401Unauthorized => "Not signed in, or a token that is not valid.",
        StatusCodes.Status403Forbidden => "Not allowed to this user.",
        StatusCodes.Status409Conflict => "The state refuses it.",
        StatusCodes.Status422UnprocessableEntity => "The Idempotency-Key was used with another request.",
        StatusCodes.Status429TooManyRequests => "Too many requests.",
        StatusCodes.Status503ServiceUnavailable => "Busy: try again a little later.",
        _ => ReasonPhrases.GetReasonPhrase(status),
    };

    private static string Tag(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(part => part != "api") ?? "maydon";

    /// <summary><c>GET api/events/{id:long}/stats/</c> → <c>get_api_events_by_id_stats</c>, the name of a generated client's method.</summary>
    private static string OperationId(string method, string path) => string.Join('_', path
        .Split('/', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split(':')[0].Replace("{", "by_", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal).Replace('-', '_').Replace('.', '_'))
        .Prepend(method.ToLowerInvariant()));
}
