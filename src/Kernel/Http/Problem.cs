using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maydon.Kernel.Localization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Maydon.Kernel.Http;

/// <summary>A refusal as RFC 9457 problem details: <c>code</c> for programs, <c>detail</c> for people in their language.</summary>
public sealed class Problem : IResult, IStatusCodeHttpResult
{
    public const string ContentType = "application/problem+json";
    private readonly object?[] _arguments;

    private Problem(int status, string code, object?[] arguments) => (StatusCode, Code, _arguments) = (status, code, arguments);

    private Problem(Problem other) : this(other.StatusCode, other.Code, other._arguments) =>
        (Errors, RetryAfter, DebugDetail, MessageKey, Members) = (other.Errors, other.RetryAfter, other.DebugDetail, other.MessageKey, other.Members);

    public int StatusCode { get; }
    int? IStatusCodeHttpResult.StatusCode => StatusCode;
    public string Code { get; }
    public ValidationErrors? Errors { get; private init; }
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Members beside the standard ones, for programs (RFC 9457, 3.2).</summary>
    private Dictionary<string, JsonElement>? Members { get; init; }

    /// <param name="code">Also the key of the message; <paramref name="arguments"/> fill its placeholders.</param>
    public static Problem Of(int status, string code, params object?[] arguments) => new(status, code, arguments);
    public static Problem NotFound(string code, params object?[] arguments) => new(StatusCodes.Status404NotFound, code, arguments);
    public static Problem Conflict(string code, params object?[] arguments) => new(StatusCodes.Status409Conflict, code, arguments);
    public static Problem Forbidden() => new(StatusCodes.Status403Forbidden, "permission_denied", []);

    /// <summary>People are told whole minutes, rounded up: whoever waits so long comes late enough.</summary>
    public static Problem Throttled(TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, "throttled", [Math.Max(1, Math.Ceiling(retryAfter.TotalMinutes))]) { RetryAfter = retryAfter, MessageKey = "throttled_minutes" };

    public static Problem Unavailable(TimeSpan retryAfter) => Unavailable("unavailable", retryAfter);

    /// <summary>Somebody else is away, whom <paramref name="code"/> names.</summary>
    public static Problem Unavailable(string code, TimeSpan retryAfter) => new(StatusCodes.Status503ServiceUnavailable, code, []) { RetryAfter = retryAfter };
    public static Problem Invalid(ValidationErrors errors) => new(StatusCodes.Status400BadRequest, "validation_error", []) { Errors = errors };

    /// <summary>One field is wrong, under the general code; <paramref name="messageKey"/> is looked up in the language of the request.</summary>
    public static Problem Invalid(string field, string messageKey, params object?[] arguments) => Invalid(new ValidationErrors().Add(field, messageKey, arguments));

    /// <summary>The same refusal with one more member for programs.</summary>
    public Problem With(string member, string value) => With(member, JsonSerializer.SerializeToElement(value, ProblemJson.Readable.String));

    /// <inheritdoc cref="With(string, string)"/>
    public Problem With(string member, int value) => With(member, JsonSerializer.SerializeToElement(value, ProblemJson.Readable.Int32));

    private Problem With(string member, JsonElement value) => new(this) { Members = new(Members ?? []) { [member] = value } };

    /// <summary>The same refusal, told to people by the message <paramref name="messageKey"/>: where one code has several causes.</summary>
    public Problem Saying(string messageKey) => new(this) { MessageKey = messageKey };

    /// <summary>The body is JSON or nothing at all, and neither is what was asked for.</summary>
    internal static Problem NoObject() => new(StatusCodes.Status400BadRequest, "malformed", []) { MessageKey = "malformed_no_object" };

    /// <summary>500 that tells a developer what happened. Only with <c>DEBUG</c>.</summary>
    internal static Problem Bug(Exception exception) => new(StatusCodes.Status500InternalServerError, "server_error", []) { DebugDetail = exception.ToString() };

    private string? DebugDetail { get; init; }

    /// <summary>Where the code alone does not say all.</summary>
    private string? MessageKey { get; init; }

    public ProblemBody ToBody(string? traceId, CultureInfo? language = null) => new(
        $"urn:maydon:problem:{Code}",
        ReasonPhrases.GetReasonPhrase(StatusCode),
        StatusCode,
        DebugDetail ?? (Errors is not null ? Errors.ToDetail() : Messages.Text(language ?? CultureInfo.CurrentUICulture, MessageKey ?? Code, _arguments)),
        Code,
        Errors,
        traceId)
    {
        Members = Members,
    };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCode;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (StatusCode == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer realm=\"api\"";
        var traceId = Activity.Current?.TraceId.ToHexString() ?? httpContext.TraceIdentifier;
        return JsonSerializer.SerializeAsync(response.Body, ToBody(traceId), ProblemJson.Readable.ProblemBody, httpContext.RequestAborted);
    }
}

/// <summary>The body of every refusal.</summary>
public sealed record ProblemBody(string Type, string Title, int Status, string Detail, string Code, IReadOnlyDictionary<string, List<string>>? Errors, string? TraceId)
{
    /// <summary>What some refusals tell programs besides, such as the SKU that is out of stock.</summary>
    // Settable, for the serializer takes what is only initialised for a parameter of the constructor.
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Members { get; set; }
}

/// <summary>Field → messages, already in the language of the request.</summary>
public sealed class ValidationErrors : Dictionary<string, List<string>>
{
    public ValidationErrors() : base(StringComparer.Ordinal)
    {
    }

    public ValidationErrors Add(string field, string messageKey, params object?[] arguments) => AddText(field, Messages.Text(messageKey, arguments));

    public ValidationErrors AddText(string field, string message)
    {
        if (!TryGetValue(field, out var messages))
            this[field] = messages = [];
        messages.Add(message);
        return this;
    }

    /// <summary><c>field: message; field2: message.</c></summary>
    public string ToDetail()
    {
        var parts = this.SelectMany(pair => pair.Value.Select(message => $"{pair.Key}: {message}")).ToList();
        return string.Join("; ", parts.Select((part, n) => n < parts.Count - 1 ? part.TrimEnd('.') : part));
    }
}

[JsonSerializable(typeof(ProblemBody)), JsonSerializable(typeof(string)), JsonSerializable(typeof(int))]
internal sealed partial class ProblemJson : JsonSerializerContext
{
    public static readonly ProblemJson Readable = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = HttpServices.Encoder,
    });
}
