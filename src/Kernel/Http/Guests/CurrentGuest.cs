using Maydon.Kernel.Http.Guests;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Http;

namespace Maydon.Kernel.Http;

/// <summary>
/// The browser that asks, known by its cookie, whether somebody is signed in on it or not. It is made known by the first thing that it
/// leaves here, never by looking around.
/// </summary>
public sealed class CurrentGuest
{
    private readonly IHttpContextAccessor _accessor;
    private readonly GuestCookie _cookie;
    private readonly ThrottleCounters _counters;
    private readonly MaydonSettings _settings;
    private string? _made;

    internal CurrentGuest(IHttpContextAccessor accessor, GuestCookie cookie, ThrottleCounters counters, MaydonSettings settings)
    {
        (_accessor, _cookie, _counters, _settings) = (accessor, cookie, counters, settings);
        Hash = accessor.HttpContext is { } context ? cookie.ReadHash(context.Request) : null;
    }

    /// <summary>The SHA-256 of the guest's secret; null for a browser that is not known.</summary>
    public byte[]? Hash { get; private set; }

    /// <summary>
    /// A browser that is not known gets a <see cref="Hash"/> to store things under; <see cref="Remember"/> once they are stored. Refused when too many
    /// have come from the same address: each leaves something that is kept for long, and whoever drops the cookie is another one.
    /// </summary>
    public async Task<Problem?> MakeKnownAsync(CancellationToken cancellationToken)
    {
        if (Hash is not null)
            return null;
        if (_settings.Throttles.Guests is { } rate
            && await _counters.HitAsync("guests", CallerNetwork.Of(_accessor.HttpContext!.Connection.RemoteIpAddress), rate, cancellationToken) is { } wait)
            return Problem.Throttled(wait);
        (_made, Hash) = _cookie.Make();
        return null;
    }

    /// <summary>Sends the cookie if the guest is new, so that what was stored can be found again.</summary>
    public void Remember()
    {
        if (_made is not null)
            _cookie.Give(_accessor.HttpContext!.Response, _made);
        _made = null;
    }
}
