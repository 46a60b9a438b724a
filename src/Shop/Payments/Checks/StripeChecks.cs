using Maydon.Kernel.Operations;
using Maydon.Kernel.Settings;

namespace Maydon.Shop.Payments.Checks;

/// <summary>What Stripe's keys alone can tell. The keys themselves are never shown.</summary>
internal sealed class StripeCheck(string code, Severity severity, bool forDeployment, Func<CheckResult> look) : ICheck
{
    private static readonly string[] s_livePrefixes = ["sk_live_", "rk_live_"];
    private static readonly string[] s_testPrefixes = ["sk_test_", "rk_test_"];

    public string Code => code;
    public Severity Severity => severity;
    public bool ForDeployment => forDeployment;
    public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => Task.FromResult(look());

    /// <summary>In the order of the catalogue.</summary>
    public static IReadOnlyList<(string Code, Severity Severity, bool ForDeployment, Func<MaydonSettings, CheckResult> Look)> All { get; } =
    [
        ("payments.provider", Severity.Warning, true, Provider),
        ("payments.stripe-keys", Severity.Error, false, Keys),
        ("payments.stripe-webhook", Severity.Error, false, Webhook),
        ("payments.stripe-live", Severity.Error, false, Live),
        ("payments.stripe-test", Severity.Warning, true, Test),
    ];

    private static CheckResult Provider(MaydonSettings settings) => settings.Shop.Stripe.SecretKey is null
        ? CheckResult.Failed(
            "Nothing can be paid: STRIPE_SECRET_KEY is not set, and there is no other way to pay. Every order ends unpaid.",
            "Set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET (docs/deployment.md), or take shop out of MODULES.")
        : CheckResult.Passed("Orders can be paid by card.");

    private static CheckResult Keys(MaydonSettings settings) => settings.Shop.Stripe switch
    {
        { SecretKey: null, PublicKey: null } => CheckResult.Passed("Card payments are not set up."),
        { SecretKey: null } => CheckResult.Failed("STRIPE_PUBLIC_KEY is set without STRIPE_SECRET_KEY.", "Set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET as well, or take it out."),
        { SecretKey: { } secret } when !Begins(secret, s_livePrefixes) && !Begins(secret, s_testPrefixes) =>
            CheckResult.Failed("STRIPE_SECRET_KEY is no secret key of Stripe's.", "Set the key that begins with sk_ or rk_ in Stripe's dashboard under Developers, API keys."),
        { SecretKey: { } secret, PublicKey: { } open } when !open.StartsWith(Begins(secret, s_livePrefixes) ? "pk_live_" : "pk_test_", StringComparison.Ordinal) =>
            CheckResult.Failed("STRIPE_PUBLIC_KEY does not belong to STRIPE_SECRET_KEY: one is live and the other is not.", "Set both from the same mode of Stripe's dashboard."),
        _ => CheckResult.Passed("Stripe's keys fit together."),
    };

    private static CheckResult Webhook(MaydonSettings settings) => settings.Shop.Stripe switch
    {
        { WebhookSecret: null } => CheckResult.Passed("Card payments are not set up."),
        { WebhookSecret: { } secret } when secret.StartsWith("whsec_", StringComparison.Ordinal) && secret.Length >= 30 => CheckResult.Passed("STRIPE_WEBHOOK_SECRET has the form of a signing secret."),
        _ => CheckResult.Failed(
            "STRIPE_WEBHOOK_SECRET is no signing secret: every event of Stripe's would be refused.",
            "Set the secret that begins with whsec_: Stripe shows it with the webhook endpoint."),
    };

    private static CheckResult Live(MaydonSettings settings) => settings switch
    {
        { Shop.Stripe.SecretKey: null } => CheckResult.Passed("Card payments are not set up."),
        { Shop.Stripe.SecretKey: { } secret } when !Begins(secret, s_livePrefixes) => CheckResult.Passed("No real money moves: Stripe's key is a test key."),
        { Debug: true } => CheckResult.Failed("STRIPE_SECRET_KEY is live, and DEBUG is True: real cards would be charged while things are tried out.", "Set a key that begins with sk_test_, or DEBUG=False."),
        _ when settings.PublicUrl.Scheme != Uri.UriSchemeHttps =>
            CheckResult.Failed($"STRIPE_SECRET_KEY is live, and PUBLIC_URL is {settings.PublicUrl}.", "Set PUBLIC_URL to an https address: buyers are sent back there."),
        { Shop.Stripe.ApiBase.Scheme: not "https" } => CheckResult.Failed("STRIPE_SECRET_KEY is live, and STRIPE_API_BASE is not https: the key would cross the network in the clear.", "Take STRIPE_API_BASE out."),
        _ => CheckResult.Passed("STRIPE_SECRET_KEY is live, on a server for it."),
    };

    private static CheckResult Test(MaydonSettings settings) => settings.Shop.Stripe.SecretKey is { } secret && Begins(secret, s_testPrefixes)
        ? CheckResult.Failed("STRIPE_SECRET_KEY is a test key: orders are paid with cards that do not exist.", "Set the live key before people buy.")
        : CheckResult.Passed(settings.Shop.Stripe.SecretKey is null ? "Card payments are not set up." : "Stripe's key is not a test key.");

    private static bool Begins(string key, string[] prefixes) => Array.Exists(prefixes, prefix => key.StartsWith(prefix, StringComparison.Ordinal));
}
