namespace Maydon.Identity.Sessions;

/// <summary>One sign-in on one device. <see cref="LastSeenAt"/> is its last refresh: a request costs no write.</summary>
internal sealed class Session
{
    private const int MaxDevice = 300;

    private Session()
    {
    }

    public Session(string id, long userId, string device, string? address, DateTimeOffset now, DateTimeOffset expires) =>
        (Id, UserId, Device, Address, CreatedAt, LastSeenAt, ExpiresAt) = (id, userId, device[..Math.Min(device.Length, MaxDevice)], address, now, now, expires);

    public string Id { get; private set; } = "";
    public long UserId { get; private set; }

    /// <summary>The User-Agent as it was sent.</summary>
    public string Device { get; private set; } = "";
    public string? Address { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset LastSeenAt { get; private set; }
    public DateTimeOffset ExpiresAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }
    public string? EndReason { get; private set; }
}
