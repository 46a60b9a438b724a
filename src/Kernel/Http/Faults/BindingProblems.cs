using System.Text.Json;
using System.Text.RegularExpressions;
using Maydon.Kernel.Http.Json;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http.Faults;

/// <summary>Requests that could not be read into the endpoint's parameters, told in the caller's own names.</summary>
internal static partial class BindingProblems
{
    public static Problem Find(BadHttpRequestException bad, HttpContext context)
    {
        if (bad.StatusCode != StatusCodes.Status400BadRequest)
            return StatusProblems.Of(bad.StatusCode);
        if (bad.InnerException is JsonException json)
            return Find(json);
        // A parameter that was looked for in the body: there is none, or it is "null".
        if (bad.Message.EndsWith("from body.", StringComparison.Ordinal) || bad.Message.Contains("no body was provided", StringComparison.Ordinal))
            return Problem.NoObject();
        return Parameter().Match(bad.Message) is { Success: true } match ? Find(match.Groups["name"].Value, context) : Malformed();
    }

    private static Problem Find(JsonException json)
    {
        // The reader's own exception is a subclass that only it throws: the text is no JSON. Anything else is JSON of another shape than asked for.
        var field = json.Path?.StartsWith("$.", StringComparison.Ordinal) is true ? json.Path[2..] : null;
        if (json.Path == "$" && json.GetType() == typeof(JsonException) && json.InnerException is not JsonException)
            return Problem.NoObject();
        if (field is null || json.GetType() != typeof(JsonException) && json is not FieldException || json.InnerException is JsonException)
            return Malformed();
        return Problem.Invalid(field, json is FieldException known ? known.MessageKey : "invalid");
    }

    private static Problem Find(string parameter, HttpContext context)
    {
        if (context.Request.RouteValues.ContainsKey(parameter))
            return Problem.NotFound("not_found");
        var name = WireNames.OfParameter(parameter, context);
        // A whole number is a page, only one that no list has.
        return name == "page" && context.Request.Query[name].ToString().TrimStart('-', '+') is { Length: > 0 } text && text.All(char.IsAsciiDigit)
            ? Problem.NotFound("invalid_page")
            : Problem.Invalid(name, WireNames.IsTime(parameter, context) ? "invalid_timestamp" : "invalid");
    }

    private static Problem Malformed() => Problem.Of(StatusCodes.Status400BadRequest, "malformed");

    [GeneratedRegex("""^(?:Failed to bind parameter|Required parameter) "(?:[^"]+ )?(?<name>\w+)" """, RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Parameter();
}
