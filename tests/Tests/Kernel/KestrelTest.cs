using System.Net;
using System.Net.Sockets;
using System.Text;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Maydon.Tests.Kernel;

/// <summary>What only a real server over a real socket does.</summary>
public sealed class KestrelTest(KestrelTest.Real real) : IClassFixture<KestrelTest.Real>
{
    public sealed class Real(TestPostgres postgres) : IAsyncLifetime
    {
        public ProbeServer Probe { get; } = new(postgres);

        public HttpClient Client { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Probe.StartAsync(customise: builder => builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0"));
            var addresses = Probe.Server.App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
            Client = new HttpClient { BaseAddress = new Uri(addresses.Single()) };
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await Probe.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_1_MiB_is_too_large(bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/probe/") { Content = Wire.Json($"{{\"name\":\"{new string('x', 1024 * 1024)}\"}}") };
        request.Headers.TransferEncodingChunked = chunked;
        // Asks first, as curl does: whoever sends on may find the connection closed before there is an answer to read.
        request.Headers.ExpectContinue = !chunked;
        using var response = await real.Client.SendAsync(request);
        await response.ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
    }

    [Fact]
    public async Task A_body_over_1_MiB_under_a_key_is_too_large()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/probe/rows/") { Content = Wire.Json($"{{\"name\":\"{new string('x', 1024 * 1024)}\"}}") };
        request.Headers.ExpectContinue = true;
        request.Headers.Add("Idempotency-Key", "large");
        request.Headers.Add("X-Probe-User", "1");
        await (await real.Client.SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
    }

    [Fact]
    public async Task Under_a_key_paths_that_only_look_the_same_when_they_are_decoded_are_two()
    {
        var server = real.Probe.Server;
        var keeper = await server.CreateUserAsync("superuser");
        foreach (var code in new[] { "same/one", "same%2Fone" })
            Assert.Equal(HttpStatusCode.Created, (await SendAsync(HttpMethod.Post, "/api/v1/project/", $$"""{"code_1c":"{{code}}","name":"x"}""", key: null)).StatusCode);
        const string Change = """{"name":"changed"}""";
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Patch, "/api/v1/project/same%2Fone/", Change, "same")).StatusCode);
        await (await SendAsync(HttpMethod.Patch, "/api/v1/project/same%252Fone/", Change, "same")).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        Assert.Equal("same/one", await server.ScalarAsync<string>("select string_agg(code, ',') from catalog.projects where name = 'changed'"));
        Assert.True((await SendAsync(HttpMethod.Patch, "/api/v1/project/same%2Fone", Change, "same")).Headers.Contains("Idempotency-Replayed"));

        async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string body, string? key)
        {
            using var request = new HttpRequestMessage(method, path) { Content = Wire.Json(body), Headers = { { "X-Probe-User", $"{keeper.Id}" }, { "X-Probe-Roles", "superuser" } } };
            if (key is not null)
                request.Headers.Add("Idempotency-Key", key);
            return await real.Client.SendAsync(request);
        }
    }

    [Fact]
    public async Task An_address_that_cannot_be_read_is_refused() =>
        await (await real.Client.GetAsync("/api/probe/plain/%FF/")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid_characters");

    [Theory]
    [InlineData("POST /api/probe/rows/ HTTP/1.1\r\nHost: localhost\r\nX-Probe-User: 1\r\nIdempotency-Key:\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"name\":\"x\"}", "400", "validation_error")]
    [InlineData("GET /api/probe/ HTTP/1.1\r\nHost: evil.test\r\n\r\n", "400", "invalid_host")]
    [InlineData("GET /api/probe/ HTTP/1.0\r\n\r\n", "400", "invalid_host")]
    [InlineData("POST /api/probe/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":\"\u00ff", "400", "malformed")]
    public async Task Raw_requests(string request, string status, string code)
    {
        var answer = await ExchangeAsync(request);
        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.Contains($"\"code\":\"{code}\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\nServer:", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/api/probe/", "200")]
    [InlineData("/api/schema/", "200")]
    [InlineData("/swagger/", "200")]
    [InlineData("/api/docs/assets/swagger-ui.css", "200")]
    [InlineData("/api/events/", "200")]
    [InlineData("/health/", "200")]
    [InlineData("/api/events/999999/", "404")]
    [InlineData("/api/nothing/", "404")]
    [InlineData("/auth/me", "401")]
    public async Task HEAD_has_the_headers_of_GET_and_no_body(string path, string status)
    {
        var request = $" {path} HTTP/1.1\r\nHost: localhost\r\n";
        // Whatever else the connection brought would stand before the second answer.
        var answers = (await ExchangeAsync($"HEAD{request}\r\nGET{request}Connection: close\r\n\r\n", untilClosed: true)).Split("\r\n\r\n", 3);
        Assert.StartsWith($"HTTP/1.1 {status}", answers[0], StringComparison.Ordinal);
        Assert.StartsWith($"HTTP/1.1 {status}", answers[1], StringComparison.Ordinal);
        Assert.NotEmpty(answers[2]);
        Assert.Equal(Headers(answers[1]), Headers(answers[0]));

        // A body that is written as it comes has no length, and without a body there is nothing to cut into chunks.
        static IEnumerable<string> Headers(string answer) => answer.Split("\r\n")[1..].Where(line => !line.StartsWith("Transfer-Encoding", StringComparison.Ordinal)
            && !line.StartsWith("Connection", StringComparison.Ordinal) && !line.StartsWith("Date", StringComparison.Ordinal));
    }

    [Fact]
    public async Task HEAD_of_a_cached_page_says_how_long_it_is_and_whether_it_changed()
    {
        using var page = await real.Client.GetAsync("/api/events/");
        using var head = await real.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/api/events/"));
        Assert.Equal((await page.Content.ReadAsByteArrayAsync()).Length, head.Content.Headers.ContentLength);
        Assert.Equal(page.Headers.ETag, head.Headers.ETag);
        using var again = new HttpRequestMessage(HttpMethod.Head, "/api/events/") { Headers = { { "If-None-Match", page.Headers.ETag!.Tag } } };
        Assert.Equal(HttpStatusCode.NotModified, (await real.Client.SendAsync(again)).StatusCode);
    }

    [Fact]
    public async Task HEAD_is_nowhere_where_GET_is_not()
    {
        using var answer = await real.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/auth/login"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    private async Task<string> ExchangeAsync(string request, bool untilClosed = false)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, real.Client.BaseAddress!.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        int read;
        while ((untilClosed || !answer.ToString().Contains("trace_id", StringComparison.Ordinal)) && (read = await stream.ReadAsync(buffer, patience.Token)) > 0)
            answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
        return answer.ToString();
    }
}
