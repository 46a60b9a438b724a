using System.Net.Mail;
using System.Net.Sockets;
using Maydon.Kernel.Http.Edge;
using Maydon.Kernel.Mail;
using Maydon.Kernel.Settings;

namespace Maydon.Kernel.Operations.Checks;

/// <summary>A rule that the settings alone can tell.</summary>
internal sealed class SettingCheck(string code, Severity severity, Func<CheckResult> look) : ICheck
{
    public string Code => code;
    public Severity Severity => severity;
    public bool ForDeployment => true;
    public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => Task.FromResult(look());
}

internal static class SettingsChecks
{
    /// <summary>Code and severity of each, in the order of the catalogue.</summary>
    public static readonly IReadOnlyList<(string Code, Severity Severity, Func<MaydonSettings, CheckResult> Look)> All =
    [
        ("settings.debug", Severity.Error, settings => settings.Debug
            ? CheckResult.Failed("DEBUG is True: errors show details and demo data is loaded.", "Set DEBUG=False.")
            : CheckResult.Passed("DEBUG is False.")),
        ("settings.secret-key", Severity.Error, settings => SecretKey.Fault(settings.SecretKey) is { } fault
            ? CheckResult.Failed($"SECRET_KEY {fault.Split(':')[0]}.", "Set at least 50 random characters, for example the output of \"openssl rand -base64 48\".")
            : CheckResult.Passed("SECRET_KEY is long and varied.")),
        ("settings.hosts", Severity.Warning, settings => settings.AllowedHosts.Contains("*")
            ? CheckResult.Failed("ALLOWED_HOSTS lets every host name in.", "List the names under which people reach the server.")
            : new AllowedHosts(settings.AllowedHosts).Contain(settings.PublicUrl.Host)
                ? CheckResult.Passed("ALLOWED_HOSTS has the host of PUBLIC_URL.")
                : CheckResult.Failed($"ALLOWED_HOSTS lacks {settings.PublicUrl.Host}, the host of PUBLIC_URL.", $"Add {settings.PublicUrl.Host} to ALLOWED_HOSTS.")),
        ("settings.public-url", Severity.Error, settings => settings.PublicUrl.Scheme == Uri.UriSchemeHttps
            ? CheckResult.Passed("PUBLIC_URL is https.")
            : CheckResult.Failed($"PUBLIC_URL is {settings.PublicUrl}: passwords would cross the network in the clear.", "Put the server behind a proxy that speaks https, and set PUBLIC_URL to that address.")),
        ("settings.proxies", Severity.Error, settings => settings.TrustedProxies.Any(proxy => proxy.EndsWith("/0", StringComparison.Ordinal))
            ? CheckResult.Failed("TRUSTED_PROXIES trusts everybody: any caller can claim any address.", "List the addresses of your own proxies.")
            : CheckResult.Passed("TRUSTED_PROXIES names particular networks.")),
        ("settings.cors", Severity.Warning, settings => settings.CorsAllowedOrigins.Contains("*")
            ? CheckResult.Failed("CORS_ALLOWED_ORIGINS lets every site read answers.", "List the exact origins of your own sites.")
            : CheckResult.Passed("CORS_ALLOWED_ORIGINS has exact origins only.")),
        ("settings.throttles", Severity.Warning, settings => settings.Throttles is { Anon: null } or { AnonDefault: null } or { User: null } or { UserDefault: null } or { Codes: null } or { Events: null } or { Reviews: null }
            or { Orders: null } or { Guests: null } or { GuestKeys: null }
            ? CheckResult.Failed("A throttle is off.", "Give THROTTLE_ANON, THROTTLE_ANON_DEFAULT, THROTTLE_USER, THROTTLE_USER_DEFAULT, THROTTLE_CODES, THROTTLE_EVENTS, THROTTLE_REVIEWS, THROTTLE_ORDERS, THROTTLE_GUESTS and THROTTLE_GUEST_KEYS a rate each.")
            : CheckResult.Passed("All throttles are on.")),
        ("settings.log-level", Severity.Warning, settings => settings.LogLevel is LogLevel.Information or LogLevel.Warning
            ? CheckResult.Passed($"LOG_LEVEL is {settings.LogLevel}.")
            : CheckResult.Failed($"LOG_LEVEL is {settings.LogLevel}.", "Set LOG_LEVEL=Information: less hides what happens, more fills the disk.")),
        ("mail.backend", Severity.Error, settings => settings.Mail.Backend == MailBackend.Smtp
            ? CheckResult.Passed("Mail goes out over SMTP.")
            : CheckResult.Failed("Mail goes to files or the console: nobody gets a code to sign up with.", "Set EMAIL_BACKEND=smtp and EMAIL_HOST.")),
        ("mail.sender", Severity.Error, settings => settings.Mail.Backend != MailBackend.Smtp
            ? CheckResult.Passed("No mail is sent.")
            : SenderHost(settings) is { } host
                ? CheckResult.Passed($"Mail comes from an address at {host}.")
                : CheckResult.Failed(
                    $"Mail comes from {settings.Mail.From}, an address that nobody outside this machine knows: mail servers refuse it.",
                    "Set DEFAULT_FROM_EMAIL to an address of your own, such as \"Shop <noreply@example.org>\".")),
        ("mail.sender-domain", Severity.Warning, settings => settings.Mail.Backend != MailBackend.Smtp
            ? CheckResult.Passed("No mail is sent.")
            : SenderHost(settings) is not { } host ? CheckResult.Unknown("The sender is of no domain: see mail.sender.")
            : DomainOf(host) == DomainOf(settings.PublicUrl.IdnHost)
                ? CheckResult.Passed("Mail comes from the domain of PUBLIC_URL.")
                : CheckResult.Failed(
                    $"Mail about {settings.PublicUrl.IdnHost} comes from {host}: mail servers easily take it for spam.",
                    $"Set DEFAULT_FROM_EMAIL to an address at {DomainOf(settings.PublicUrl.IdnHost)}, or see to it that {host} lets your mail server send for it (SPF, DKIM).")),
    ];

    /// <summary>Null when it is none that mail could come back to.</summary>
    private static string? SenderHost(MaydonSettings settings) =>
        MailAddress.TryCreate(settings.Mail.From, out var from) && from.Host.Contains('.', StringComparison.Ordinal) && Uri.CheckHostName(from.Host) == UriHostNameType.Dns
        && !from.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) ? from.Host.ToLowerInvariant() : null;

    private static string DomainOf(string host) => string.Join('.', host.ToLowerInvariant().Split('.')[^Math.Min(2, host.Split('.').Length)..]);
}

/// <summary>Only that something listens: a sign-in and a delivery are proven by <c>send-test-mail</c>.</summary>
internal sealed class MailServerCheck(MaydonSettings settings) : ICheck
{
    public string Code => "mail.server";
    public Severity Severity => Severity.Error;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (settings.Mail is not { Backend: MailBackend.Smtp, Host: { } host })
            return CheckResult.Passed("No mail server is used.");
        return await Reach.TryAsync(host, settings.Mail.Port, cancellationToken) is { } fault
            ? CheckResult.Failed($"The mail server {host}:{settings.Mail.Port} cannot be reached ({fault}).", "Check EMAIL_HOST, EMAIL_PORT and the firewall.")
            : CheckResult.Unknown($"The mail server {host}:{settings.Mail.Port} answers; \"send-test-mail ADDRESS\" proves that it takes mail.");
    }
}

internal sealed class TelemetryCheck(MaydonSettings settings) : ICheck
{
    public string Code => "telemetry.target";
    public Severity Severity => Severity.Warning;
    public bool ForDeployment => true;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (settings.OtlpEndpoint is null)
            return CheckResult.Passed("Metrics and traces stay here: OTEL_EXPORTER_OTLP_ENDPOINT is not set.");
        var target = new Uri(settings.OtlpEndpoint);
        return await Reach.TryAsync(target.Host, target.Port, cancellationToken) is { } fault
            ? CheckResult.Failed($"The telemetry target {target.Host}:{target.Port} cannot be reached ({fault}).", "Start the collector, or take OTEL_EXPORTER_OTLP_ENDPOINT out.")
            : CheckResult.Passed($"The telemetry target {target.Host}:{target.Port} answers.");
    }
}

internal static class Reach
{
    /// <summary>Null when a connection could be made, else why not.</summary>
    public static async Task<string?> TryAsync(string host, int port, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, cancellationToken);
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode.ToString();
        }
    }
}
