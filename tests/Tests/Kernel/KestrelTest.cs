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
        using var response = await real.Client.SendAsync(request);
        await response.ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
    }

    [Fact]
    public async Task A_body_over_1_MiB_under_a_key_is_too_large()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/probe/rows/") { Content = Wire.Json($"{{\"name\":\"{new string('x', 1024 * 1024)}\"}}") };
        request.Headers.Add("Idempotency-Key", "large");
        request.Headers.Add("X-Probe-User", "1");
        await (await real.Client.SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
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

    private async Task<string> ExchangeAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, real.Client.BaseAddress!.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        int read;
        while (!answer.ToString().Contains("trace_id", StringComparison.Ordinal) && (read = await stream.ReadAsync(buffer, patience.Token)) > 0)
            answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
        return answer.ToString();
    }
}
