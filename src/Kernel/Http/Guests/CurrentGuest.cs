using Maydon.Kernel.Http.Guests;
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
    private string? _made;

    internal CurrentGuest(IHttpContextAccessor accessor, GuestCookie cookie)
    {
        (_accessor, _cookie) = (accessor, cookie);
        Hash = accessor.HttpContext is { } context ? cookie.ReadHash(context.Request) : null;
    }

    /// <summary>The SHA-256 of the guest's secret; null for a browser that is not known.</summary>
    public byte[]? Hash { get; private set; }

    /// <summary>A browser that is not known gets a hash to store things under; <see cref="Remember"/> once they are stored.</summary>
    public byte[] HashOrNew()
    {
        if (Hash is null)
            (_made, Hash) = _cookie.Make();
        return Hash;
    }

    /// <summary>Sends the cookie if the guest is new, so that what was stored can be found again.</summary>
    public void Remember()
    {
        if (_made is not null)
            _cookie.Give(_accessor.HttpContext!.Response, _made);
        _made = null;
    }
}
