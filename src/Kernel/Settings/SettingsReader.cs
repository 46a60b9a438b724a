using System.Globalization;
using System.Net;
using System.Net.Mail;
using dotenv.net;
using Maydon.Kernel.Redis;
using Npgsql;

namespace Maydon.Kernel.Settings;

/// <summary>The settings, or every fault found, each as one sentence that says what to set.</summary>
public sealed record SettingsResult(MaydonSettings? Settings, IReadOnlyList<string> Faults)
{
    /// <summary>What of <c>.env</c> has no effect, as sentences: a slip of the pen more often than not.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>
/// Environment variables over the <c>.env</c> of the working directory, typed and validated. What is read here is what
/// <c>docs/configuration.md</c> and <c>.env.example</c> list; a test compares them.
/// </summary>
public static class SettingsReader
{
    /// <param name="modules">The names that <c>MODULES</c> may hold, and its default.</param>
    public static SettingsResult Read(IReadOnlyDictionary<string, string> environment, string workingDirectory, IReadOnlyList<string> modules)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        var warnings = new List<string>();
        var file = Path.Combine(workingDirectory, ".env");
        try
        {
            if (File.Exists(file))
            {
                foreach (var (name, value) in DotEnv.Read(new DotEnvOptions(ignoreExceptions: false, envFilePaths: [file])))
                    merged[name.StartsWith("export ", StringComparison.Ordinal) ? name["export ".Length..].Trim() : name] = value;
                warnings.AddRange(WithoutEffect(file, merged.Keys, modules));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or FormatException)
        {
            return new SettingsResult(null, [$"{file} cannot be read: {e.Message}"]);
        }

        foreach (var (name, value) in environment)
            merged[name] = value;

        var values = new SettingValues(merged);
        var settings = ReadAll(values, workingDirectory, modules);
        if (values.Faults.Count > 0)
            return new SettingsResult(null, values.Faults) { Warnings = warnings };
        if (settings.SecretKey.Length > 0)
            return new SettingsResult(settings, []) { Warnings = warnings };
        try
        {
            return new SettingsResult(settings with { SecretKey = SecretKey.ReadOrMake(settings.DataDir) }, []) { Warnings = warnings };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SettingsResult(null, [$"The secret key cannot be kept in {settings.DataDir} ({e.Message.TrimEnd('.')}): make the directory writable, or set DATA_DIR or SECRET_KEY."]);
        }
    }

    // Not the lines themselves: what was misspelt may be a password.
    private static IEnumerable<string> WithoutEffect(string file, IEnumerable<string> names, IReadOnlyList<string> modules)
    {
        foreach (var name in names.Except(Names(modules).Select(setting => setting.Name), StringComparer.Ordinal).Where(IsName))
            yield return $"{file} sets {name}, which is no setting: it has no effect. docs/configuration.md lists the settings.";
        foreach (var (index, line) in File.ReadLines(file).Index())
        {
            if (line.Trim() is { Length: > 0 } text && text[0] != '#' && !(text.IndexOf('=', StringComparison.Ordinal) is > 0 and var end && IsName(text[..end].Replace("export ", "", StringComparison.Ordinal).TrimEnd())))
                yield return $"{file} has no assignment in line {index + 1}: it has no effect. Write NAME=value.";
        }
    }

    private static bool IsName(string text) => text.Length > 0 && text.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || letter == '_');

    /// <summary>Every name that is read, in the order of the documentation, with its default.</summary>
    public static IReadOnlyList<SettingName> Names(IReadOnlyList<string> modules)
    {
        var values = new SettingValues(new Dictionary<string, string>());
        ReadAll(values, "/", modules);
        return values.Names;
    }

    // Every name is read whatever the others say, so that all faults come at once and the documentation can be compared.
    private static MaydonSettings ReadAll(SettingValues values, string workingDirectory, IReadOnlyList<string> modules)
    {
        var secretKey = values.Text("SECRET_KEY");
        var debug = values.Flag("DEBUG", false);
        if (!debug && (secretKey is null ? "is not set: set at least 50 random characters, for example the output of \"openssl rand -base64 48\", or set DEBUG=True to try things out." : SecretKey.Fault(secretKey)) is { } fault)
            values.AddFault($"SECRET_KEY {fault}");
        var hosts = ReadHosts(values);
        var port = values.Number("PORT", 8000, 1, 65535);
        return new MaydonSettings
        {
            SecretKey = secretKey ?? "",
            Debug = debug,
            AllowedHosts = hosts,
            Port = port,
            PublicUrl = ReadUrl(values, "PUBLIC_URL", "http://localhost:8000") ?? new Uri($"http://localhost:{port}"),
            Modules = ReadModules(values, modules),
            DatabaseConnection = ReadDatabase(values),
            RedisUrl = ReadRedis(values),
            DataDir = ReadDataDir(values, workingDirectory),
            CorsAllowedOrigins = ReadOrigins(values, out var credentials),
            CorsAllowCredentials = credentials,
            TrustedProxies = ReadProxies(values),
            AccessTokenLifetime = TimeSpan.FromMinutes(values.Number("JWT_ACCESS_TOKEN_LIFETIME_MINUTES", 60, 1, 24 * 60)),
            RefreshTokenLifetime = TimeSpan.FromDays(values.Number("JWT_REFRESH_TOKEN_LIFETIME_DAYS", 7, 1, 365)),
            OtpExpiry = TimeSpan.FromMinutes(values.Number("OTP_EXPIRY_MINUTES", 5, 1, 60)),
            OtpMaxAttempts = values.Number("OTP_MAX_ATTEMPTS", 3, 1, 10),
            AuditKeep = TimeSpan.FromDays(values.Number("AUDIT_KEEP_DAYS", 365, 1, 3650)),
            Mail = ReadMail(values),
            Throttles = ReadThrottles(values),
            Shop = ReadShop(values),
            OtlpEndpoint = ReadUrl(values, "OTEL_EXPORTER_OTLP_ENDPOINT", "")?.ToString(),
            LogLevel = values.Choice("LOG_LEVEL", LogLevel.Information, level => level.ToString()),
        };
    }

    private static string ReadDataDir(SettingValues values, string workingDirectory)
    {
        var directory = Path.GetFullPath(values.Text("DATA_DIR", "./data") ?? "data", workingDirectory);
        if (File.Exists(directory))
            values.AddFault($"DATA_DIR is {directory}, which is not a directory: set it to one, or to a name that is free.");
        return directory;
    }

    private static IReadOnlyList<string> ReadHosts(SettingValues values)
    {
        var hosts = values.List("ALLOWED_HOSTS", "localhost", "127.0.0.1", "[::1]");
        foreach (var host in hosts.Where(host => host != "*" && host.IndexOfAny(['/', ' ', '@']) >= 0))
            values.AddFault($"ALLOWED_HOSTS has \"{host}\": list bare host names such as example.org, without scheme, port or path.");
        return hosts;
    }

    private static Uri? ReadUrl(SettingValues values, string name, string @default)
    {
        var value = values.Text(name, @default);
        if (value is null)
            return null;
        if (Uri.TryCreate(value, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0)
            return url;
        values.AddFault($"{name} is \"{value}\": set it to an address such as https://example.org.");
        return null;
    }

    private static IReadOnlyList<string> ReadModules(SettingValues values, IReadOnlyList<string> modules)
    {
        var chosen = values.List("MODULES", [.. modules]);
        foreach (var unknown in chosen.Where(name => !modules.Contains(name)))
            values.AddFault($"MODULES has \"{unknown}\", which this release does not know: choose from {string.Join(", ", modules)}.");
        return chosen;
    }

    private static string? ReadDatabase(SettingValues values)
    {
        var url = values.Text("DATABASE_URL");
        var name = values.Text("DB_NAME");
        var user = values.Text("DB_USER");
        var password = values.Text("DB_PASSWORD");
        var host = values.Text("DB_HOST", "localhost");
        var port = values.Number("DB_PORT", 5432, 1, 65535);
        if (url is not null && name is not null)
            values.AddFault("Both DATABASE_URL and DB_NAME are set: keep one of them.");
        if (url is not null)
            return DatabaseUrl.Parse(url, values);
        if (name is null)
        {
            if (user is not null || password is not null || host is not null)
                values.AddFault("DB_USER, DB_PASSWORD or DB_HOST is set without DB_NAME: set DB_NAME as well, or none of them for the embedded database.");
            return null;
        }

        if (user is null)
            values.AddFault("DB_NAME is set without DB_USER: set the role that owns the database.");
        var builder = new NpgsqlConnectionStringBuilder { Host = host ?? "localhost", Port = port, Database = name, Username = user };
        if (password is not null)
            builder.Password = password;
        return builder.ConnectionString;
    }

    private static IReadOnlyList<string> ReadOrigins(SettingValues values, out bool credentials)
    {
        var origins = values.List("CORS_ALLOWED_ORIGINS");
        credentials = values.Flag("CORS_ALLOW_CREDENTIALS", true);
        if (origins.Contains("*") && credentials)
            values.AddFault("CORS_ALLOWED_ORIGINS is * while CORS_ALLOW_CREDENTIALS is True, which lets any site act for a signed-in user: list the exact origins, or set CORS_ALLOW_CREDENTIALS=False.");
        foreach (var origin in origins.Where(origin => origin != "*" && !IsOrigin(origin)))
            values.AddFault($"CORS_ALLOWED_ORIGINS has \"{origin}\": list exact origins such as https://app.example.org, without a path.");
        return origins;
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        && string.Equals(url.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase);

    private static IReadOnlyList<string> ReadProxies(SettingValues values)
    {
        var proxies = values.List("TRUSTED_PROXIES", "127.0.0.0/8", "::1");
        foreach (var proxy in proxies.Where(proxy => !IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _)))
            values.AddFault($"TRUSTED_PROXIES has \"{proxy}\": list addresses or networks such as 10.0.0.0/8.");
        return proxies;
    }

    private static MailSettings ReadMail(SettingValues values)
    {
        var defaults = new MailSettings();
        var mail = new MailSettings
        {
            Backend = values.Choice("EMAIL_BACKEND", MailBackend.File, backend => backend.ToString().ToLowerInvariant()),
            Host = values.Text("EMAIL_HOST"),
            Port = values.Number("EMAIL_PORT", defaults.Port, 1, 65535),
            UseTls = values.Flag("EMAIL_USE_TLS", defaults.UseTls),
            User = values.Text("EMAIL_HOST_USER"),
            Password = values.Text("EMAIL_HOST_PASSWORD"),
            From = values.Text("DEFAULT_FROM_EMAIL", defaults.From) ?? defaults.From,
        };
        if (mail.Backend == MailBackend.Smtp && mail.Host is null)
            values.AddFault("EMAIL_BACKEND is smtp without EMAIL_HOST: set the name of the mail server.");
        if ((mail.User is null) != (mail.Password is null))
            values.AddFault("Only one of EMAIL_HOST_USER and EMAIL_HOST_PASSWORD is set: set both, or none for a server that asks for no sign-in.");
        if (!MailAddress.TryCreate(mail.From, out _))
            values.AddFault($"DEFAULT_FROM_EMAIL is \"{mail.From}\": set it to an address such as Maydon <noreply@example.org>.");
        return mail;
    }

    private static Uri? ReadRedis(SettingValues values)
    {
        if (values.Text("REDIS_URL") is not { } value)
            return null;
        if (RedisAddress.Fault(value, out var address) is { } fault)
            values.AddFault(fault);
        return address;
    }

    private static ShopSettings ReadShop(SettingValues values)
    {
        var hold = values.Number("ORDER_HOLD_MINUTES", 30, 1, 24 * 60);
        var unpaid = values.Number("ORDER_UNPAID_MAX", 5, 0, 1000);
        var currency = values.Text("SHOP_CURRENCY", "UZS") ?? "UZS";
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper))
            values.AddFault($"SHOP_CURRENCY is \"{currency}\": set it to a code of ISO 4217 such as UZS or USD.");
        var stripe = new StripeSettings
        {
            SecretKey = values.Text("STRIPE_SECRET_KEY"),
            PublicKey = values.Text("STRIPE_PUBLIC_KEY"),
            WebhookSecret = values.Text("STRIPE_WEBHOOK_SECRET"),
            ApiBase = ReadUrl(values, "STRIPE_API_BASE", "https://api.stripe.com") ?? new Uri("https://api.stripe.com"),
        };
        if ((stripe.SecretKey is null) != (stripe.WebhookSecret is null))
            values.AddFault("Only one of STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET is set: set both, or neither for a shop without card payments.");
        return new ShopSettings { OrderHold = TimeSpan.FromMinutes(hold), MostUnpaidOrders = unpaid == 0 ? null : unpaid, Currency = currency, Stripe = stripe };
    }

    private static ThrottleSettings ReadThrottles(SettingValues values)
    {
        var defaults = new ThrottleSettings();
        return new ThrottleSettings
        {
            Anon = values.Rate("THROTTLE_ANON", defaults.Anon!, "100/hour"),
            AnonDefault = values.Rate("THROTTLE_ANON_DEFAULT", defaults.AnonDefault!, "600/minute"),
            User = values.Rate("THROTTLE_USER", defaults.User!, "1000/hour"),
            UserDefault = values.Rate("THROTTLE_USER_DEFAULT", defaults.UserDefault!, "1200/minute"),
            Codes = values.Rate("THROTTLE_CODES", defaults.Codes!, "600/hour"),
            Events = values.Rate("THROTTLE_EVENTS", defaults.Events!, "300/hour"),
            Reviews = values.Rate("THROTTLE_REVIEWS", defaults.Reviews!, "60/hour"),
            Orders = values.Rate("THROTTLE_ORDERS", defaults.Orders!, "60/hour"),
            Guests = values.Rate("THROTTLE_GUESTS", defaults.Guests!, "300/hour"),
            GuestKeys = values.Rate("THROTTLE_GUEST_KEYS", defaults.GuestKeys!, "120/hour"),
        };
    }
}
