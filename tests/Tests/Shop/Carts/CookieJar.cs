using System.Net;

namespace Maydon.Tests.Shop.Carts;

/// <summary>Keeps cookies as a browser does: the test server's own handler keeps none.</summary>
internal sealed class CookieJar(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    public CookieContainer Cookies { get; } = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Cookies.GetCookieHeader(request.RequestUri!) is { Length: > 0 } kept)
            request.Headers.TryAddWithoutValidation("Cookie", kept);
        var response = await base.SendAsync(request, cancellationToken);
        if (response.Headers.TryGetValues("Set-Cookie", out var given))
        {
            foreach (var cookie in given)
                Cookies.SetCookies(request.RequestUri!, cookie);
        }

        return response;
    }
}
