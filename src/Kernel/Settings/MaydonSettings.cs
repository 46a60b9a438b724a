namespace Maydon.Kernel.Settings;

/// <summary>Every setting of the server, read once at start by <see cref="SettingsReader"/> and immutable after.</summary>
public sealed record MaydonSettings
{
    /// <summary>Signs tokens and hashes codes. At least 50 characters in production.</summary>
    public required string SecretKey { get; init; }
    public bool Debug { get; init; }
    public IReadOnlyList<string> AllowedHosts { get; init; } = ["localhost", "127.0.0.1", "[::1]"];
    public int Port { get; init; } = 8000;
    public Uri PublicUrl { get; init; } = new("http://localhost:8000");
    public IReadOnlyList<string> Modules { get; init; } = ["events", "shop", "catalog"];

    /// <summary>Npgsql connection string of an external database; null means the embedded PostgreSQL under <see cref="DataDir"/>.</summary>
    public string? DatabaseConnection { get; init; }

    /// <summary>Where nodes share carts, counters and the stamps of what they keep; null means one node, which needs none.</summary>
    public Uri? RedisUrl { get; init; }

    /// <summary>Absolute path. Holds the database, media, mail, backups and the secret.</summary>
    public required string DataDir { get; init; }
    public IReadOnlyList<string> CorsAllowedOrigins { get; init; } = [];
    public bool CorsAllowCredentials { get; init; } = true;
    public IReadOnlyList<string> TrustedProxies { get; init; } = ["127.0.0.0/8", "::1"];
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromMinutes(60);
    public TimeSpan RefreshTokenLifetime { get; init; } = TimeSpan.FromDays(7);
    public TimeSpan OtpExpiry { get; init; } = TimeSpan.FromMinutes(5);
    public int OtpMaxAttempts { get; init; } = 3;

    /// <summary>How long the audit log goes back: its entries name people's addresses.</summary>
    public TimeSpan AuditKeep { get; init; } = TimeSpan.FromDays(365);
    public MailSettings Mail { get; init; } = new();
    public ThrottleSettings Throttles { get; init; } = new();
    public ShopSettings Shop { get; init; } = new();
    public string? OtlpEndpoint { get; init; }
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}

public enum MailBackend { File, Console, Smtp }

public sealed record MailSettings
{
    public MailBackend Backend { get; init; } = MailBackend.File;
    public string? Host { get; init; }
    public int Port { get; init; } = 587;

    /// <summary>STARTTLS before signing in; a server that does not offer it is refused.</summary>
    public bool UseTls { get; init; } = true;
    public string? User { get; init; }
    public string? Password { get; init; }
    public string From { get; init; } = "Maydon <noreply@localhost>";
}

public sealed record ThrottleSettings
{
    /// <summary>Null switches the limit off.</summary>
    public Rate? Anon { get; init; } = new(100, TimeSpan.FromHours(1));
    public Rate? AnonDefault { get; init; } = new(600, TimeSpan.FromMinutes(1));
    public Rate? User { get; init; } = new(1000, TimeSpan.FromHours(1));
    public Rate? UserDefault { get; init; } = new(1200, TimeSpan.FromMinutes(1));

    /// <summary>Requests that send or try a one-time code, per address.</summary>
    public Rate? Codes { get; init; } = new(600, TimeSpan.FromHours(1));

    /// <summary>Changes to events, per organiser.</summary>
    public Rate? Events { get; init; } = new(300, TimeSpan.FromHours(1));

    /// <summary>Reviews written and changed, per person.</summary>
    public Rate? Reviews { get; init; } = new(60, TimeSpan.FromHours(1));

    /// <summary>Checkouts, per address.</summary>
    public Rate? Orders { get; init; } = new(60, TimeSpan.FromHours(1));

    /// <summary>Browsers that become guests, per address.</summary>
    public Rate? Guests { get; init; } = new(300, TimeSpan.FromHours(1));

    /// <summary>Changes of guests with an <c>Idempotency-Key</c>, per address: each leaves an answer for a day.</summary>
    public Rate? GuestKeys { get; init; } = new(120, TimeSpan.FromHours(1));
}

public sealed record ShopSettings
{
    /// <summary>How long stock is held for an order that nobody has begun to pay.</summary>
    public TimeSpan OrderHold { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How many orders that are not paid a person or a guest may have, and one mail address may hear of within an hour. Null: any number.</summary>
    public int? MostUnpaidOrders { get; init; } = 5;

    /// <summary>ISO 4217, of prices whose currency nobody names.</summary>
    public string Currency { get; init; } = "UZS";
    public StripeSettings Stripe { get; init; } = new();
}

public sealed record StripeSettings
{
    /// <summary>Null: payments answer that they are not set up.</summary>
    public string? SecretKey { get; init; }
    public string? PublicKey { get; init; }
    public string? WebhookSecret { get; init; }
    public Uri ApiBase { get; init; } = new("https://api.stripe.com");
}

/// <summary>So many per window.</summary>
public sealed record Rate(int Limit, TimeSpan Window);
