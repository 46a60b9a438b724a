using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Settings;

namespace Maydon.Shop.Payments.Stripe;

/// <summary>
/// Stripe's HTTP API: forms go out, JSON comes back, <c>Idempotency-Key</c> makes a repeat safe (https://docs.stripe.com/api/idempotent_requests: the
/// first answer, a fault of Stripe's included, is what every later request with the key gets for a day).
/// </summary>
internal sealed class StripeApi : IDisposable
{
    /// <summary>Answers keep this shape whatever Stripe releases; a change of it is a change of this code.</summary>
    public const string Version = "2024-06-20";

    private const int LargestAnswer = 1024 * 1024;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(300);
    private const int Tries = 3;

    private readonly HttpClient _http;
    private readonly ILogger<StripeApi> _logger;

    /// <param name="patience">A buyer waits for the page: 15 seconds unless told.</param>
    public StripeApi(MaydonSettings settings, ILogger<StripeApi> logger, TimeSpan? patience = null)
    {
        var stripe = settings.Shop.Stripe;
        _logger = logger;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            BaseAddress = new Uri(stripe.ApiBase.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = patience ?? TimeSpan.FromSeconds(15),
            MaxResponseContentBufferSize = LargestAnswer,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", stripe.SecretKey);
        _http.DefaultRequestHeaders.Add("Stripe-Version", Version);
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Maydon", Release.Version));
    }

    public Task<ProviderAnswer<StripeObject>> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    public Task<ProviderAnswer<StripeObject>> PostAsync(
        string path, IReadOnlyList<KeyValuePair<string, string>> form, string? idempotencyKey, CancellationToken cancellationToken) =>
        SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) };
                if (idempotencyKey is not null)
                    request.Headers.Add("Idempotency-Key", idempotencyKey);
                return request;
            },
            cancellationToken);

    /// <summary>A lost connection is tried once more, and so is a key that another of our requests is using at this moment.</summary>
    private async Task<ProviderAnswer<StripeObject>> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var isLast = attempt == Tries;
            try
            {
                using var message = request();
                using var response = await _http.SendAsync(message, cancellationToken);
                if (response.StatusCode == HttpStatusCode.Conflict && !isLast)
                {
                    await Task.Delay(s_pause * attempt, cancellationToken);
                    continue;
                }

                return Read(response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken), message.RequestUri!);
            }
            catch (HttpRequestException e)
            {
                if (attempt == 1)
                    continue;
                _logger.LogWarning("Stripe could not be reached: {Reason}", e.Message);
                return new ProviderFailure(FailureKind.NoAnswer, "Stripe could not be reached.");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Not again: whoever waits has waited long enough.
                _logger.LogWarning("Stripe did not answer within {Patience}", _http.Timeout);
                return new ProviderFailure(FailureKind.NoAnswer, "Stripe did not answer in time.");
            }
        }
    }

    private ProviderAnswer<StripeObject> Read(HttpStatusCode status, byte[] body, Uri address)
    {
        JsonElement answer;
        try
        {
            using var document = JsonDocument.Parse(body);
            answer = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // A gateway before Stripe, not Stripe: nothing was decided.
            _logger.LogWarning("Stripe answered {Status} to {Path} without JSON", (int)status, address.AbsolutePath);
            return new ProviderFailure(FailureKind.NoAnswer, $"Stripe answered {(int)status} without JSON.");
        }

        if ((int)status is >= 200 and < 300)
            return new StripeObject(answer);
        var error = new StripeObject(answer).Object("error");
        var code = error?.Text("code") ?? error?.Text("type") ?? "unknown";
        // The message may quote what was sent: it stays in the log of the people who run the shop, without the address of the buyer.
        _logger.LogWarning("Stripe answered {Status} ({Code}) to {Path}: parameter {Parameter}", (int)status, code, address.AbsolutePath, error?.Text("param") ?? "none");
        var kind = (int)status switch
        {
            409 or 429 => FailureKind.NoAnswer,
            // A wrong or missing key of ours: it can be mended, and the request is as good as before.
            401 or 403 => FailureKind.NoAnswer,
            >= 500 => FailureKind.Fault,
            _ => FailureKind.Refused,
        };
        return new ProviderFailure(kind, string.Create(CultureInfo.InvariantCulture, $"Stripe answered {(int)status} {code}.")) { Code = code };
    }

    public void Dispose() => _http.Dispose();
}
