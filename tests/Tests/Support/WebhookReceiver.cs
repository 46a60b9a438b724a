using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;

namespace Maydon.Tests.Support;

/// <summary>A delivery as it came.</summary>
public sealed record ReceivedDelivery(string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonNode Json { get; } = JsonNode.Parse(Body)!;

    public string Delivery => Headers["Maydon-Delivery"];

    public string Signature => Headers["Maydon-Signature"];

    public IEnumerable<string> Codes => Json["changes"]!.AsArray().Select(change => (string)change!["code"]!);

    /// <summary>As docs/webhooks.md tells it: HMAC-SHA256 of time, dot and body, five minutes old at most.</summary>
    public bool IsSignedBy(string secret, DateTimeOffset now, string? body = null)
    {
        var parts = Signature.Split(',').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{parts["t"]}.{body ?? Body}"));
        return CryptographicOperations.FixedTimeEquals(expected, Convert.FromHexString(parts["v1"]))
            && Math.Abs(now.ToUnixTimeSeconds() - long.Parse(parts["t"], CultureInfo.InvariantCulture)) <= 300;
    }
}

/// <summary>Another system that is told of changes: a real HTTP server on loopback that takes everything, unless it is told to answer something else.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebhookReceiver(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public ConcurrentQueue<ReceivedDelivery> Deliveries { get; } = new();

    /// <summary>What is answered at a path.</summary>
    public Func<ReceivedDelivery, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    /// <param name="certificate">By https with this one.</param>
    public static async Task<WebhookReceiver> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port: 0, listening =>
        {
            if (certificate is not null)
                listening.UseHttps(certificate);
        }));
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.Run(receiver.ServeAsync);
        await app.StartAsync();
        receiver.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return receiver;
    }

    /// <summary>From now on everything is answered with this status.</summary>
    public void AnswerWith(int status, string body = "") => Answer = async (_, context) =>
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(body);
    };

    public IReadOnlyList<ReceivedDelivery> At(string path) => [.. Deliveries.Where(delivery => delivery.Path == path)];

    private async Task ServeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        var delivery = new ReceivedDelivery(
            context.Request.Path, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), await reader.ReadToEndAsync());
        Deliveries.Enqueue(delivery);
        await Answer(delivery, context);
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }
}
