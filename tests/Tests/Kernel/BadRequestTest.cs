using System.Net;

namespace Maydon.Tests.Kernel;

public sealed class BadRequestTest(ProbeServer probe) : IClassFixture<ProbeServer>
{
    private readonly HttpClient _client = probe.CreateClient();

    [Theory]
    [InlineData("{\"name\":")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{\"name\":\"a\"} trailing")]
    [InlineData("{'name':'a'}")]
    public async Task A_body_that_is_no_such_JSON_is_malformed(string body) =>
        await (await _client.PostAsync("/api/probe/", Wire.Json(body))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "malformed");

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    public async Task Whoever_sends_something_else_than_an_object_is_told_so(string body)
    {
        var problem = await (await _client.PostAsync("/api/probe/", Wire.Json(body))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "malformed");
        Assert.Equal("Soʻrovni oʻqib boʻlmadi: uning tanasida JSON obyekti kutiladi.", problem.GetProperty("detail").GetString());
        problem = await (await _client.PostAsync("/api/probe/", Wire.Json("{"))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "malformed");
        Assert.Equal("Soʻrovni oʻqib boʻlmadi: JSON notoʻgʻri.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("{\"name\":12}", "name")]
    [InlineData("{\"name\":\"\\u200b\\u2060\\ufeff\"}", "name")]
    [InlineData("{\"name\":\" \\u3164\\u2800\"}", "name")]
    [InlineData("{\"name\":\"\\udb40\\udc41\\ufe0f\"}", "name")]
    [InlineData("{\"name\":\"a\",\"unit_count\":\"many\"}", "unit_count")]
    [InlineData("{\"name\":\"a\",\"unit_count\":99999999999}", "unit_count")]
    [InlineData("{\"name\":\"a\",\"unit_count\":1.5}", "unit_count")]
    [InlineData("{\"name\":\"a\",\"starts_at\":\"soon\"}", "starts_at")]
    [InlineData("{\"name\":\"a\",\"starts_at\":12}", "starts_at")]
    [InlineData("{\"name\":\"a\",\"starts_at\":\"9999-12-31T23:59:59Z\"}", "starts_at")]
    [InlineData("{\"name\":\"a\",\"starts_at\":\"9998-12-31T23:59:59-14:00\"}", "starts_at")]
    [InlineData("{\"name\":\"a\",\"starts_at\":\"0002-01-01T00:00:00+14:00\"}", "starts_at")]
    [InlineData("{\"name\":\"a\",\"starts_at\":\"0001-01-01T00:00:00+05:00\"}", "starts_at")]
    [InlineData("{\"name\":\"a\",\"lines\":[{},{\"unit_price\":[]}]}", "lines[1].unit_price")]
    [InlineData("{\"name\":\"a\",\"lines\":{}}", "lines")]
    [InlineData("{\"name\":\"a\\u0000b\"}", "name")]
    [InlineData("{\"name\":\"\\ud800\"}", "name")]
    [InlineData("{\"name\":\"\\udc00x\"}", "name")]
    [InlineData("{\"name\":\"a\",\"labels\":{\"x\":\"\\u0000\"}}", "labels.x")]
    [InlineData("{\"name\":\"a\",\"labels\":{\"\\u0000\":\"x\"}}", "labels.\0")]
    public async Task A_value_of_the_wrong_type_is_named(string body, string field) =>
        await (await _client.PostAsync("/api/probe/", Wire.Json(body))).ShouldNameAsync(field);

    [Fact]
    public async Task Broken_rules_are_named_as_the_client_wrote_them()
    {
        Assert.Equal("Toʻldirish shart.", await (await _client.PostAsync("/api/probe/", Wire.Json("{}"))).ShouldNameAsync("name"));
        Assert.Equal("Koʻpi bilan 5 ta belgi.", await (await _client.PostAsync("/api/probe/", Wire.Json("{\"name\":\"123456\"}"))).ShouldNameAsync("name"));
        await (await _client.PostAsync("/api/probe/", Wire.Json("{\"name\":\"a\",\"lines\":[{\"unit_price\":1},{\"unit_price\":10}]}"))).ShouldNameAsync("lines[1].unit_price");
        await (await _client.GetAsync("/api/probe/?kind=C")).ShouldNameAsync("kind");
    }

    [Theory]
    [InlineData("starts_after=x", "starts_after")]
    [InlineData("starts_after=0001-01-01T00:00:00%2B05:00", "starts_after")]
    [InlineData("page=x", "page")]
    [InlineData("page=1.5", "page")]
    [InlineData("page_size=ten", "page_size")]
    public async Task Garbage_in_a_typed_parameter_is_named(string query, string parameter) =>
        await (await _client.GetAsync($"/api/probe/?{query}")).ShouldNameAsync(parameter);

    [Theory]
    [InlineData("/api/probe/99999999999999999999/")]
    [InlineData("/api/probe/x/")]
    [InlineData("/api/probe/+7/")]
    [InlineData("/api/probe/%207/")]
    [InlineData("/api/probe/7%20/")]
    [InlineData("/api/probe/007/")]
    [InlineData("/api/probe/-7/")]
    [InlineData("/api/probe/%D9%A7/")]
    [InlineData("/api/probe/plain/x/")]
    [InlineData("/api/probe/plain/99999999999/")]
    [InlineData("/api/nothing/")]
    [InlineData("/nothing")]
    public async Task An_address_that_leads_nowhere_is_not_found(string path) =>
        await (await _client.GetAsync(path)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not_found");

    [Theory]
    [InlineData("0")]
    [InlineData("7")]
    [InlineData("9223372036854775807")]
    public async Task An_id_has_one_spelling(string id) => Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync($"/api/probe/{id}/")).StatusCode);

    [Fact]
    public async Task Wrong_method_and_wrong_kind_of_data()
    {
        using var refused = await _client.DeleteAsync("/api/probe/");
        await refused.ShouldBeProblemAsync(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        Assert.Equal(["GET", "HEAD", "POST"], refused.Content.Headers.Allow.Order());
        await (await _client.PostAsync("/api/probe/", new StringContent("name=a"))).ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
        await (await _client.PostAsync("/api/probe/", null)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "malformed");
    }

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("application/json; charset=UTF-8", true)]
    [InlineData("application/json;charset=\"utf-8\"", true)]
    [InlineData("application/json; CHARSET=\"Utf-8\"", true)]
    [InlineData("application/json; profile=\"https://example.org/charset\"", true)]
    [InlineData("application/json; profile=\"a; charset=utf-16\"; charset=\"UTF-8\"", true)]
    [InlineData("application/json; profile=\"charset=utf-8\"; charset=utf-16", false)]
    [InlineData("application/json; charset=", false)]
    [InlineData("application/json; charset=\"\"", false)]
    [InlineData("application/json; charset=utf-7", false)]
    [InlineData("application/json; charset=utf-16", false)]
    [InlineData("application/json; charset=klingon", false)]
    public async Task JSON_is_UTF_8(string contentType, bool accepted)
    {
        var content = new ByteArrayContent("{\"name\":\"a\"}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var response = await _client.PostAsync("/api/probe/", content);
        if (accepted)
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        else
            await response.ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory]
    [InlineData("2030-01-31T09:00:00Z", "2030-01-31T09:00:00Z")]
    [InlineData("2030-01-31T09:00:00", "2030-01-31T09:00:00Z")]
    [InlineData("2030-01-31T09:00:00.123456789+05:00", "2030-01-31T04:00:00.123456Z")]
    [InlineData("2030-01-31T09:00:00.5-01:30", "2030-01-31T10:30:00.5Z")]
    [InlineData("2030-01-31", "2030-01-31T00:00:00Z")]
    public async Task Points_in_time_are_kept_in_UTC_and_microseconds(string sent, string read)
    {
        var body = await (await _client.PostAsync("/api/probe/", Wire.Json($"{{\"name\":\"a\",\"starts_at\":\"{sent}\"}}"))).ReadAsync();
        Assert.Equal(read, body.GetProperty("starts_at").GetString());
    }

    [Theory]
    [InlineData("2030-01-31T09:00:00Z", "2030-01-31T09:00:00Z")]
    [InlineData("2030-01-31T09:00:00", "2030-01-31T09:00:00Z")]
    [InlineData("2030-01-31T09:00:00%2B05:00", "2030-01-31T04:00:00Z")]
    [InlineData("2030-01-31", "2030-01-31T00:00:00Z")]
    public async Task Points_in_time_in_a_query(string sent, string read)
    {
        var body = await (await _client.GetAsync($"/api/probe/?starts_after={sent}")).ReadAsync();
        Assert.Equal(read, body.GetProperty("starts_after").GetString());
    }

    [Fact]
    public async Task Letters_of_every_script_and_labels_come_back_as_they_were()
    {
        using var response = await _client.PostAsync("/api/probe/", Wire.Json("{\"name\":\"Мзы😀\",\"labels\":{\"ÜnitPrice\":\"‘x’\"}}"));
        var text = await response.Content.ReadAsStringAsync();
        Assert.Contains("\"name\":\"Мзы", text, StringComparison.Ordinal);
        Assert.Equal("Мзы😀", (await response.ReadAsync()).GetProperty("name").GetString());
        Assert.Contains("\"labels\":{\"ÜnitPrice\":\"‘x’\"}", text, StringComparison.Ordinal);
    }
}
