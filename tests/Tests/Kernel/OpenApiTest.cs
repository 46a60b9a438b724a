using System.Net;
using System.Text.Json;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Routing;

namespace Maydon.Tests.Kernel;

/// <summary>The document says everything about every operation, and the pages that show it need nothing from elsewhere.</summary>
public sealed class OpenApiTest(TestServer server) : IClassFixture<TestServer>
{
    private static readonly string[] s_methods = ["get", "post", "put", "patch", "delete"];

    [Fact]
    public async Task Every_operation_says_all_there_is_to_say()
    {
        var document = await DocumentAsync();
        var faults = new List<string>();
        var operations = Operations(document).ToList();
        Assert.True(operations.Count > 10, "The document is empty.");
        foreach (var (name, operation) in operations)
        {
            if (!operation.TryGetProperty("summary", out var summary) || summary.GetString()!.Length < 5)
                faults.Add($"{name} has no summary");
            if (!operation.TryGetProperty("security", out var security) || security.GetArrayLength() == 0)
                faults.Add($"{name} does not say who may call it");
            var responses = operation.GetProperty("responses").EnumerateObject().ToList();
            if (!responses.Any(response => response.Name[0] is '2' or '3'))
                faults.Add($"{name} has no answer for when it goes well");
            foreach (var response in responses)
                faults.AddRange(FaultsOf(name, response));
            // Health is never throttled, and says in its own words how it is.
            foreach (var status in name.Contains("/health", StringComparison.Ordinal) ? ["401"] : new[] { "401", "429", "503" })
            {
                if (!responses.Any(response => response.Name == status))
                    faults.Add($"{name} lacks {status}");
            }

            if (operation.TryGetProperty("requestBody", out var body))
                faults.AddRange(body.GetProperty("content").EnumerateObject().Where(content => !IsSchema(content.Value)).Select(content => $"{name} does not describe its {content.Name} request"));
            if (operation.TryGetProperty("parameters", out var parameters))
                faults.AddRange(parameters.EnumerateArray().Where(parameter => !IsSchema(parameter)).Select(parameter => $"{name} does not describe {parameter.GetProperty("name")}"));
        }

        Assert.Empty(faults);
    }

    [Fact]
    public async Task Names_are_snake_case_and_unique()
    {
        var document = await DocumentAsync();
        var faults = new List<string>();
        foreach (var schema in document.GetProperty("components").GetProperty("schemas").EnumerateObject())
        {
            if (!schema.Value.TryGetProperty("properties", out var properties))
                continue;
            faults.AddRange(properties.EnumerateObject().Where(property => property.Name.Any(char.IsAsciiLetterUpper)).Select(property => $"{schema.Name}.{property.Name}"));
            faults.AddRange(properties.EnumerateObject().Where(property => !IsSomething(property.Value)).Select(property => $"{schema.Name}.{property.Name} may be anything"));
        }

        foreach (var (name, operation) in Operations(document))
        {
            if (operation.GetProperty("operationId").GetString()!.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter != '_'))
                faults.Add($"{name} is called {operation.GetProperty("operationId")}");
            if (operation.TryGetProperty("parameters", out var parameters))
                faults.AddRange(parameters.EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()!).Where(parameter => parameter != "Idempotency-Key" && parameter.Any(char.IsAsciiLetterUpper)).Select(parameter => $"{name}: {parameter}"));
        }

        faults.AddRange(Operations(document).GroupBy(operation => operation.Operation.GetProperty("operationId").GetString()).Where(group => group.Count() > 1).Select(group => $"{group.Key} twice"));
        Assert.Empty(faults);
    }

    [Fact]
    public async Task What_something_new_must_have_is_said_where_it_is_made()
    {
        var document = await DocumentAsync();
        var paths = document.GetProperty("paths");
        string[] Required(string path) =>
        [
            .. paths.GetProperty(path).GetProperty("post").GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("allOf").EnumerateArray()
                .Where(part => part.TryGetProperty("required", out _)).SelectMany(part => part.GetProperty("required").EnumerateArray()).Select(name => name.GetString()!).Order(StringComparer.Ordinal),
        ];
        Assert.Equal(["ends_at", "starts_at", "title"], Required("/api/events"));
        Assert.Equal(["category", "name"], Required("/api/products"));
        Assert.Equal(["price", "product", "sku"], Required("/api/variants"));
        Assert.Equal(["name"], Required("/api/categories"));
        var fields = document.GetProperty("components").GetProperty("schemas").GetProperty("EventFields");
        Assert.False(fields.TryGetProperty("required", out _));
        Assert.EndsWith("Required of something new.", fields.GetProperty("properties").GetProperty("title").GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_the_framework_shows_and_what_is_filled_in_can_be_sent()
    {
        var document = await DocumentAsync();
        var schemas = document.GetProperty("components").GetProperty("schemas");
        Assert.DoesNotContain(schemas.EnumerateObject(), schema => schema.Name.Contains("Segment", StringComparison.Ordinal) || schema.Name.Contains("HeaderValue", StringComparison.Ordinal)
            || schema.Name.Contains("Memory", StringComparison.Ordinal) || schema.Name.Contains("HttpResult", StringComparison.Ordinal));
        Assert.Equal("", schemas.GetProperty("CheckoutRequest").GetProperty("properties").GetProperty("coupon").GetProperty("default").GetString());
        var parameters = document.GetProperty("paths").GetProperty("/api/products").GetProperty("get").GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString());
        Assert.Contains("attr.{name}", parameters);
        var tags = document.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString()).ToList();
        Assert.Equal(["admin", "health"], tags[^2..].Order());
        Assert.Equal("auth", tags[0]);
        Assert.True(tags.IndexOf("events") < tags.IndexOf("registrations") && tags.IndexOf("registrations") < tags.IndexOf("products") && tags.IndexOf("cart") < tags.IndexOf("orders"), string.Join(' ', tags));
    }

    [Fact]
    public void Every_address_leads_to_one_endpoint() =>
        Assert.Empty(server.App.Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Select(method => $"{method} /{endpoint.RoutePattern.RawText?.Trim('/')}") ?? [])
            .GroupBy(address => address)
            .Where(group => group.Count() > 1)
            .Select(group => group.Key));

    [Fact]
    public async Task It_presents_itself()
    {
        var document = await DocumentAsync();
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Equal("Maydon", document.GetProperty("info").GetProperty("title").GetString());
        Assert.Matches(@"^\d+\.\d+\.\d+$", document.GetProperty("info").GetProperty("version").GetString());
        Assert.Equal("bearer", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("scheme").GetString());
        var changes = Operations(document).Where(operation => operation.Operation.GetRawText().Contains("\"Idempotency-Key\"", StringComparison.Ordinal)).Select(operation => operation.Name).ToList();
        Assert.Contains("post /api/events", changes);
        Assert.DoesNotContain("post /auth/login", changes);
        Assert.DoesNotContain("get /api/events", changes);
        // It is where GET is: to describe it would be to say everything twice.
        Assert.DoesNotContain("head", document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Name));
    }

    [Fact]
    public async Task It_comes_as_YAML_too()
    {
        using var response = await server.CreateClient().GetAsync("/api/schema/?format=yaml");
        Assert.Equal("application/yaml", response.Content.Headers.ContentType?.MediaType);
        var text = await response.Content.ReadAsStringAsync();
        Assert.StartsWith("openapi: '3.1", text, StringComparison.Ordinal);
        Assert.Contains("\n  /api/events:\n", text, StringComparison.Ordinal);
        await (await server.CreateClient().GetAsync("/api/schema/?format=xml")).ShouldNameAsync("format");
    }

    [Theory]
    [InlineData("/swagger/")]
    [InlineData("/swagger")]
    [InlineData("/api/docs/")]
    [InlineData("/redoc/")]
    [InlineData("/api/redoc/")]
    public async Task The_pages_load_only_what_this_server_has(string path)
    {
        var client = server.CreateClient();
        using var page = await client.GetAsync(path);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("unsafe", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        var html = await page.Content.ReadAsStringAsync();
        Assert.DoesNotContain("//", html.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("<style", html, StringComparison.Ordinal);
        var links = html.Split('"').Where(part => part.StartsWith("/api/docs/assets/", StringComparison.Ordinal)).ToList();
        Assert.True(links.Count >= 4);
        foreach (var link in links)
        {
            using var asset = await client.GetAsync(link);
            Assert.Equal(HttpStatusCode.OK, asset.StatusCode);
            Assert.NotEmpty(await asset.Content.ReadAsByteArrayAsync());
            using var again = new HttpRequestMessage(HttpMethod.Get, link) { Headers = { { "Accept-Encoding", "gzip" } } };
            using var compressed = await client.SendAsync(again);
            if (compressed.Content.Headers.ContentEncoding.Count > 0)
                Assert.Equal([0x1f, 0x8b], (await compressed.Content.ReadAsByteArrayAsync())[..2]);
            using var known = new HttpRequestMessage(HttpMethod.Get, link) { Headers = { { "Accept-Encoding", "gzip" }, { "If-None-Match", compressed.Headers.ETag!.Tag } } };
            Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(known)).StatusCode);
        }

        await (await client.GetAsync("/api/docs/assets/..%2fappsettings.json")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    private async Task<JsonElement> DocumentAsync()
    {
        using var response = await server.CreateClient().GetAsync("/api/schema/");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return await response.ReadAsync();
    }

    private static IEnumerable<(string Name, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where s_methods.Contains(operation.Name)
        select ($"{operation.Name} {path.Name}", operation.Value);

    private static IEnumerable<string> FaultsOf(string name, JsonProperty response)
    {
        if (response.Value.GetProperty("description").GetString()!.Length == 0)
            yield return $"{name} {response.Name} is not explained";
        if (response.Name is "204" or "301" or "302" or "304" or "308")
            yield break;
        if (!response.Value.TryGetProperty("content", out var content) || !content.EnumerateObject().Any())
            yield return $"{name} {response.Name} has no content";
        else if (content.EnumerateObject().Any(kind => kind.Name.Contains("json", StringComparison.Ordinal) && !IsSchema(kind.Value)))
            yield return $"{name} {response.Name} has no schema";
        else if (response.Name[0] is '4' or '5' && !name.Contains("/health", StringComparison.Ordinal) && !content.TryGetProperty("application/problem+json", out _))
            yield return $"{name} {response.Name} is no problem details";
    }

    private static bool IsSchema(JsonElement holder) => holder.TryGetProperty("schema", out var schema) && IsSomething(schema);

    private static bool IsSomething(JsonElement schema) => schema.EnumerateObject().Any(keyword => keyword.Name is "$ref" or "type" or "oneOf" or "anyOf" or "allOf");
}
