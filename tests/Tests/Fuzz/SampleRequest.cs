using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Maydon.Tests.Support;

namespace Maydon.Tests.Fuzz;

/// <summary>A request that an operation should understand, made from its description, and all the ways to spoil it in one place.</summary>
internal sealed class SampleRequest
{
    private readonly OpenApiOperation _operation;
    private readonly string? _token;
    private readonly Dictionary<string, string> _path;
    private readonly Dictionary<string, string> _body;
    private readonly string _code;

    private SampleRequest(OpenApiOperation operation, string? token, long eventId, FuzzGoods goods)
    {
        (_operation, _token, _code) = (operation, token, eventId.ToString(CultureInfo.InvariantCulture));
        var id = goods.IdFor(operation.Path) ?? eventId;
        _path = Parameters("path").ToDictionary(name => name, _ => id.ToString(CultureInfo.InvariantCulture));
        _body = operation.BodyProperties.ToDictionary(property => property.Key, property => goods.Valid(property.Key) ?? Valid(property.Key, property.Value, eventId));
        // Signing in takes one of two names; whoever is brought something is called.
        if (_body.ContainsKey("address") && _body.ContainsKey("phone"))
            _body["phone"] = "\"+998901234567\"";
    }

    /// <summary>With an event that is there, and a person of its own: a logout or a lock of one operation does not meet the next.</summary>
    public static async Task<SampleRequest> ForAsync(TestServer server, OpenApiOperation operation, string[]? roles)
    {
        using var organiser = await server.SignInAsync("Facilitator");
        var starts = server.Clock.GetUtcNow().AddDays(10);
        using var created = await organiser.PostAsJsonAsync("/api/events/", new
        {
            title = "Fuzz", description = "", event_type = "OFFLINE", location = "Here", language = "en", starts_at = starts, ends_at = starts.AddHours(1), capacity = 5,
        });
        var body = await created.Content.ReadAsStringAsync();
        Assert.True(created.IsSuccessStatusCode, body);
        var person = roles is null ? null : await server.CreateUserAsync(roles);
        var eventId = JsonNode.Parse(body)!["id"]!.GetValue<long>();
        await FuzzGoods.AddRecordsAsync(server, eventId.ToString(CultureInfo.InvariantCulture));
        var image = await FuzzGoods.AddImageAsync(server, operation.Path, eventId.ToString(CultureInfo.InvariantCulture));
        return new SampleRequest(operation, person is null ? null : server.MintAccessToken(person), eventId, await FuzzGoods.AddAsync(server, person) with { Image = image });
    }

    public string What => $"as it should be, {BodyText(_body)}";

    public HttpRequestMessage Create() => Create(_path, "", Content());

    /// <summary>A form where one is taken, else JSON where that is.</summary>
    private HttpContent? Content() => _operation.Form is not null ? SampleForm.Of(_operation, _code) : _operation.Body is not null ? Json(BodyText(_body)) : null;

    public IEnumerable<(Func<HttpRequestMessage> Create, string What)> Nasty()
    {
        var content = Content;
        foreach (var name in Parameters("path"))
            foreach (var text in NastyValues.Texts.Where(IsSegment))
                yield return (() => Create(new Dictionary<string, string>(_path) { [name] = text }, "", content()), $"path {name}={Show(text)}");

        foreach (var name in Parameters("query"))
        {
            foreach (var text in NastyValues.Texts.Where(text => text.Length <= 6_000))
                yield return (() => Create(_path, $"?{name}={Escape(text)}", content()), $"?{name}={Show(text)}");
            yield return (() => Create(_path, $"?{name}", content()), $"?{name}");
            yield return (() => Create(_path, $"?{name}=1&{name}=2", content()), $"?{name}=1&{name}=2");
            yield return (() => Create(_path, $"?{name}[]=1&{name}[a]=2", content()), $"?{name}[]=1");
        }

        foreach (var (name, value) in NastyValues.Headers)
        {
            yield return (() => WithHeader(Create(_path, "", content()), name, value), $"header {name}: {Show(value)}");
        }

        if (_operation.Form is not null)
        {
            foreach (var (form, what) in SampleForm.Nasty(_operation, _code))
                yield return (() => Create(_path, "", form()), what);
        }

        if (_operation.Body is null && _operation.Form is null)
            yield break;
        foreach (var (body, contentType) in NastyValues.Bodies)
            yield return (() => Create(_path, "", Bytes(body, contentType)), $"body {Show(Encoding.UTF8.GetString(body))} as {contentType}");
        foreach (var name in _body.Keys)
        {
            foreach (var value in NastyValues.Json)
                yield return (() => Create(_path, "", Json(BodyText(new Dictionary<string, string>(_body) { [name] = value }))), $"body {name}: {Show(value)}");
            yield return (() => Create(_path, "", Json(BodyText(_body.Where(field => field.Key != name)))), $"body without {name}");
            yield return (() => Create(_path, "", Json($"{BodyText(_body)[..^1]},\"{name}\":{_body[name]}}}")), $"body with {name} twice");
        }
    }

    /// <summary>Else it would be another path, or one that no client can ask for and Kestrel refuses by itself.</summary>
    private static bool IsSegment(string text) => text.Length <= 6_000 && text.Trim('/', '.').Length > 0 && !text.Contains('\0', StringComparison.Ordinal);

    private IEnumerable<string> Parameters(string place) =>
        _operation.Parameters.Where(parameter => parameter["in"]!.ToString() == place).Select(parameter => parameter["name"]!.ToString());

    private HttpRequestMessage Create(Dictionary<string, string> path, string query, HttpContent? content)
    {
        var address = path.Aggregate(_operation.Path, (template, value) => template.Replace($"{{{value.Key}}}", Escape(value.Value), StringComparison.Ordinal));
        var request = new HttpRequestMessage(_operation.Method, new Uri(address + query, UriKind.Relative)) { Content = content };
        if (_token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        return request;
    }

    private static HttpRequestMessage WithHeader(HttpRequestMessage request, string name, string value)
    {
        if (name == "Content-Encoding")
        {
            request.Content?.Headers.TryAddWithoutValidation(name, value);
            return request;
        }

        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static string Valid(string name, JsonNode schema, long eventId)
    {
        if (schema["enum"]?.AsArray() is [{ } first, ..])
            return first.ToJsonString();
        var type = schema["type"] is JsonArray types ? types.Select(one => one!.ToString()).First(one => one != "null") : schema["type"]?.ToString();
        return (name, type, schema["format"]?.ToString()) switch
        {
            ("event_id", _, _) => eventId.ToString(CultureInfo.InvariantCulture),
            ("email", _, _) => $"\"fuzz{eventId}@example.org\"",
            ("role", _, _) => "\"Seeker\"",
            ("event_type", _, _) => "\"OFFLINE\"",
            ("language", _, _) => "\"en\"",
            ("phone", _, _) => "null",
            ("coupon", _, _) => "null",
            ("otp", _, _) => "\"123456\"",
            ("join_url", _, _) => "null",
            ("starts_at" or "start_time", _, _) => "\"2099-05-01T10:00:00Z\"",
            ("ends_at" or "end_time", _, _) => "\"2099-05-01T12:00:00Z\"",
            ("currency", _, _) => "\"UZS\"",
            (_, "string", _) when schema["pattern"] is not null => "\"5.00\"",
            (_, "integer" or "number", _) => "5",
            (_, "boolean", _) => "true",
            (_, "array", _) => "[]",
            (_, "object", _) => "{}",
            (var secret, _, _) when secret.Contains("password", StringComparison.Ordinal) => "\"a long and unusual phrase\"",
            _ => "\"sample\"",
        };
    }

    private static string BodyText(IEnumerable<KeyValuePair<string, string>> fields) => $"{{{string.Join(',', fields.Select(field => $"\"{field.Key}\":{field.Value}"))}}}";

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static ByteArrayContent Bytes(byte[] body, string? contentType)
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return content;
    }

    /// <summary>As a client would that knows no better than to escape: a lone surrogate cannot be sent, everything else can.</summary>
    private static string Escape(string text) => Uri.EscapeDataString(text);

    private static string Show(string text)
    {
        var visible = string.Concat(text.Select(letter => char.IsControl(letter) ? $"\\x{(int)letter:x2}" : letter.ToString()));
        return visible.Length > 60 ? $"{visible[..60]}… ({text.Length})" : visible;
    }
}
