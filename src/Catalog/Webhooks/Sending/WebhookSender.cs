using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Maydon.Kernel.Operations;

namespace Maydon.Catalog.Webhooks.Sending;

/// <summary>What came of a request: a status with the beginning of what was answered, or why there was no answer.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ReceiverAnswer(int? Status, string? Text, string? Error, int Milliseconds)
{
    public bool IsTaken => Status is >= 200 and < 300;

    /// <summary>The receiver was not even asked.</summary>
    public bool IsOurFault { get; init; }

    /// <summary>Whoever answers so wants nothing any more.</summary>
    public bool IsGone => Status == 410;
}

/// <summary>
/// Posts to addresses that people entered: no proxy, no cookies, no redirects, nothing of a trace in the headers, little read, and never to where
/// <see cref="ReceiverAddress"/> is closed, which is decided about the addresses that are called, not about the name that leads to them.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    private const int MostRead = 4_096;
    private const int MostLetters = 500;

    private readonly HttpClient _http;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly TimeSpan _patience;

    /// <param name="patience">For everything from the connection to the last byte, 10 seconds unless told.</param>
    /// <param name="resolve">Finds the addresses of a name, by DNS unless told.</param>
    public WebhookSender(TimeSpan? patience = null, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        _patience = patience ?? TimeSpan.FromSeconds(10);
        _resolve = resolve ?? Dns.GetHostAddressesAsync;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 0,
            // A name that leads elsewhere is looked up again.
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Maydon", Release.Version));
    }

    public async Task<ReceiverAnswer> SendAsync(DeliveryAttempt attempt, byte[] body, string signature, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, attempt.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Add("Maydon-Signature", signature);
        request.Headers.Add("Maydon-Delivery", attempt.SentAs.ToString());
        request.Headers.Add("Maydon-Event", attempt.Event);
        var watch = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_patience);
        int Elapsed() => (int)Stopwatch.GetElapsedTime(watch).TotalMilliseconds;
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return new ReceiverAnswer((int)response.StatusCode, await ReadBeginningAsync(response, limit.Token), Error: null, Elapsed());
        }
        catch (HttpRequestException e)
        {
            return new ReceiverAnswer(Status: null, Text: null, Cut(e.InnerException?.Message ?? e.Message), Elapsed());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ReceiverAnswer(Status: null, Text: null, $"No answer within {_patience.TotalSeconds:0.#} seconds.", Elapsed());
        }
    }

    /// <summary>The status is what counts: what does not come in time, or breaks off, is left out.</summary>
    private static async Task<string?> ReadBeginningAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var bytes = new byte[MostRead];
        var length = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            int read;
            while (length < MostRead && (read = await stream.ReadAsync(bytes.AsMemory(length), cancellationToken)) > 0)
                length += read;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            return length == 0 ? null : Cut(Encoding.UTF8.GetString(bytes, 0, length));
        }

        return Cut(Encoding.UTF8.GetString(bytes, 0, length));
    }

    /// <summary>As it can be stored and shown: nothing that is no text, and no half of a letter at the end.</summary>
    private static string Cut(string text)
    {
        var shown = string.Concat(text.Select(letter => char.IsControl(letter) && letter is not ('\n' or '\t') ? ' ' : letter));
        if (shown.Length <= MostLetters)
            return shown;
        return shown[..(char.IsHighSurrogate(shown[MostLetters - 1]) ? MostLetters - 1 : MostLetters)];
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolve(host, cancellationToken);
        if (Array.Exists(addresses, address => ReceiverAddress.Fault(address, context.InitialRequestMessage.RequestUri!.Scheme) is not null))
            throw new ClosedAddressException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    private sealed class ClosedAddressException() : IOException("The address is one that deliveries may not go to: link-local, reserved, or not private without TLS.");
}
