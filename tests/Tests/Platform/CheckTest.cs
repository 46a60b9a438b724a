using Maydon.Kernel.Operations;
using Maydon.Kernel.Settings;
using Maydon.Tests.Shop;
using Maydon.Tests.Support;

namespace Maydon.Tests.Platform;

/// <summary>The catalogue through the one who runs it; health and the command only show its outcome.</summary>
public sealed class CheckTest(TestPostgres postgres) : IAsyncLifetime
{
    private readonly TestServer _server = new(postgres);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public static TheoryData<string, Func<MaydonSettings, MaydonSettings>, Func<MaydonSettings, MaydonSettings>> Settings => new()
    {
        { "settings.debug", good => good with { Debug = true }, good => good },
        { "settings.secret-key", good => good with { SecretKey = "short" }, good => good },
        { "settings.hosts", good => good with { AllowedHosts = ["localhost"] }, good => good with { AllowedHosts = [".example.org"] } },
        { "settings.hosts", good => good with { AllowedHosts = ["*"] }, good => good },
        { "settings.hosts", good => good with { AllowedHosts = [".square.example.or"] }, good => good with { AllowedHosts = ["*.square.example.org"] } },
        { "settings.public-url", good => good with { PublicUrl = new Uri("http://square.example.org") }, good => good },
        { "settings.proxies", good => good with { TrustedProxies = ["0.0.0.0/0"] }, good => good },
        { "settings.cors", good => good with { CorsAllowedOrigins = ["*"], CorsAllowCredentials = false }, good => good },
        { "settings.throttles", good => good with { Throttles = new ThrottleSettings { User = null } }, good => good },
        { "settings.throttles", good => good with { Throttles = new ThrottleSettings { Codes = null } }, good => good },
        { "settings.throttles", good => good with { Throttles = new ThrottleSettings { Events = null } }, good => good },
        { "settings.throttles", good => good with { Throttles = new ThrottleSettings { Reviews = null } }, good => good },
        { "settings.throttles", good => good with { Throttles = new ThrottleSettings { Orders = null } }, good => good },
        { "settings.throttles", good => good with { Throttles = new ThrottleSettings { Guests = null } }, good => good },
        { "settings.throttles", good => good with { Throttles = new ThrottleSettings { GuestKeys = null } }, good => good },
        { "settings.log-level", good => good with { LogLevel = LogLevel.Trace }, good => good },
        { "mail.backend", good => good with { Mail = new MailSettings { Backend = MailBackend.Console } }, good => good },
        { "mail.sender", good => good, good => good with { Mail = good.Mail with { From = "Square <hello@example.org>" } } },
        { "mail.sender", good => good with { Mail = good.Mail with { From = "hello@[10.0.0.1]" } }, good => good with { Mail = new MailSettings() } },
        {
            "mail.sender-domain", good => good with { Mail = good.Mail with { From = "hello@example.net" } },
            good => good with { Mail = good.Mail with { From = "hello@Mail.Example.org" } }
        },
        { "mail.server", good => good with { Mail = good.Mail with { Port = 1 } }, good => good with { Mail = new MailSettings() } },
        { "telemetry.target", good => good with { OtlpEndpoint = "http://127.0.0.1:1/" }, good => good },
    };

    [Theory]
    [MemberData(nameof(Settings), DisableDiscoveryEnumeration = true)]
    public async Task A_dangerous_setting_fails_its_check_and_a_sound_one_passes(string code, Func<MaydonSettings, MaydonSettings> dangerous, Func<MaydonSettings, MaydonSettings> sound)
    {
        await _server.StartAsync(settings => dangerous(Sound(settings)));
        var failed = await RunAsync(code);
        Assert.Equal(CheckStatus.Failed, failed.Status);
        Assert.NotNull(failed.Mend);

        await using var other = new TestServer(postgres);
        await other.StartAsync(settings => sound(Sound(settings)));
        Assert.Equal(CheckStatus.Passed, (await RunAsync(code, other)).Status);
    }

    [Fact]
    public async Task A_schema_file_that_is_missing_fails_its_check()
    {
        await _server.StartAsync();
        Assert.Equal(CheckStatus.Passed, (await RunAsync("database.schema")).Status);
        await _server.ExecuteAsync("delete from kernel.schema_versions where name = 'kernel/001_kernel.sql'");
        Assert.Equal(CheckResult.Failed("The schema lacks kernel/001_kernel.sql.", "Run \"migrate\", or start the server, which does so by itself."), await RunAsync("database.schema"));
    }

    [Fact]
    public async Task A_schema_that_is_not_there_is_not_taken_for_a_database_that_is_silent()
    {
        await _server.StartAsync();
        await _server.ExecuteAsync("alter table kernel.outbox rename to elsewhere");
        Assert.Equal(CheckResult.Unknown("The schema is not up to date: see database.schema."), await RunAsync("mail.unhandled"));
        Assert.Equal(CheckStatus.Passed, (await RunAsync("database.reachable")).Status);
    }

    [Fact]
    public async Task Commits_that_need_not_reach_the_disk_fail_their_check()
    {
        // As the tests' own database is set.
        await _server.StartAsync();
        var result = await RunAsync("database.durability");
        Assert.Equal((CheckStatus.Failed, "PostgreSQL runs with fsync and full_page_writes and synchronous_commit off: a power cut loses what was answered."), (result.Status, result.Found));
    }

    [Fact]
    public async Task A_clock_that_is_wrong_fails_its_check()
    {
        await _server.StartAsync();
        Assert.Equal(CheckStatus.Passed, (await RunAsync("database.clock")).Status);
        _server.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(CheckStatus.Failed, (await RunAsync("database.clock")).Status);
    }

    [Fact]
    public async Task Mail_that_was_given_up_and_a_job_that_failed_are_told()
    {
        await _server.StartAsync();
        Assert.Equal(CheckStatus.Passed, (await RunAsync("mail.dead")).Status);
        Assert.Equal(CheckStatus.Passed, (await RunAsync("jobs.failed")).Status);
        await _server.ExecuteAsync("insert into kernel.outbox (kind, subject, payload, due_at, state) values ('k', 's', '{}', now(), 'dead')");
        await _server.ExecuteAsync("insert into kernel.job_runs (name, started_at, finished_at, error) values ('events.some-job', now(), now(), 'IOException: no')");
        Assert.Equal("1 mails were given up after many attempts.", (await RunAsync("mail.dead")).Found);
        Assert.Equal("The last run of events.some-job failed.", (await RunAsync("jobs.failed")).Found);
    }

    [Fact]
    public async Task A_data_directory_that_others_can_read_fails_its_check()
    {
        await _server.StartAsync();
        Assert.Equal(CheckStatus.Passed, (await RunAsync("data.private")).Status);
        File.SetUnixFileMode(_server.DataDir, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
        Assert.Equal(CheckResult.Failed($"Other users can look into or change {_server.DataDir}.", $"chmod o-rw,g-w {_server.DataDir}"), await RunAsync("data.private"));
    }

    [Fact]
    public async Task A_secret_that_others_can_use_fails_its_check()
    {
        await _server.StartAsync();
        var secret = Path.Combine(_server.DataDir, "secret");
        await File.WriteAllTextAsync(secret, "x");
        foreach (var more in new[] { UnixFileMode.GroupRead, UnixFileMode.GroupWrite, UnixFileMode.OtherRead, UnixFileMode.OtherWrite })
        {
            File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);
            Assert.Equal(CheckResult.Failed($"Not only its owner can use {secret}.", $"chmod 600 {secret}"), await RunAsync("data.private"));
        }

        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(CheckStatus.Passed, (await RunAsync("data.private")).Status);
    }

    [Fact]
    public async Task Somebody_must_be_able_to_do_everything()
    {
        await _server.StartAsync();
        Assert.Equal(CheckStatus.Failed, (await RunAsync("accounts.superuser")).Status);
        var superuser = await _server.CreateUserAsync("superuser");
        // Nobody can sign in as that one.
        Assert.Equal(CheckStatus.Failed, (await RunAsync("accounts.superuser")).Status);
        await _server.ExecuteAsync("update identity.users set password_hash = 'x' where id = $1", superuser.Id);
        Assert.Equal(CheckStatus.Passed, (await RunAsync("accounts.superuser")).Status);
        await _server.ExecuteAsync("update identity.users set is_active = false where id = $1", superuser.Id);
        Assert.Equal(CheckStatus.Failed, (await RunAsync("accounts.superuser")).Status);
    }

    [Fact]
    public async Task What_the_demo_brought_is_told()
    {
        await _server.StartAsync();
        Assert.Equal([CheckStatus.Passed, CheckStatus.Passed], [(await RunAsync("accounts.demo")).Status, (await RunAsync("shop.demo-goods")).Status]);
        await _server.CreatePersonAsync("nodira@demo.example", "uz");
        await _server.AddVariantAsync(stock: 1, sku: "MYD-001-01");
        Assert.Equal([CheckStatus.Failed, CheckStatus.Failed], [(await RunAsync("accounts.demo")).Status, (await RunAsync("shop.demo-goods")).Status]);
        await _server.ExecuteAsync("update shop.variants set deleted_at = now()");
        Assert.Equal(CheckStatus.Passed, (await RunAsync("shop.demo-goods")).Status);
    }

    [Fact]
    public async Task Mail_of_a_module_that_is_off_is_told_by_its_kind()
    {
        await _server.StartAsync(settings => settings with { Modules = [] });
        var now = _server.Clock.GetUtcNow().UtcDateTime;
        await _server.ExecuteAsync("insert into kernel.outbox (kind, subject, payload, due_at, state) values ('identity.code', 'a', '{}', $1, 'pending'), ('of.old', 'a', '{}', $1, 'sent')", now);
        await _server.ExecuteAsync("insert into kernel.outbox (kind, subject, payload, due_at) values ('of.future', 'a', '{}', $1)", now.AddHours(1));
        Assert.Equal(CheckStatus.Passed, (await RunAsync("mail.unhandled")).Status);
        await _server.ExecuteAsync("insert into kernel.outbox (kind, subject, payload, due_at) values ('events.reminder', 'a', '{}', $1), ('events.reminder', 'b', '{}', $1)", now);
        var told = await RunAsync("mail.unhandled");
        Assert.Equal((CheckStatus.Failed, "Mails of events.reminder wait, which nothing that is switched on sends."), (told.Status, told.Found));
    }

    [Fact]
    public async Task A_check_that_cannot_read_what_it_looks_at_knows_nothing_and_stops_no_other()
    {
        await _server.StartAsync(customise: builder => builder.Services.AddScoped<ICheck, UnreadableCheck>().AddScoped<ICheck, ForbiddenCheck>());
        var outcomes = await _server.App.Services.GetRequiredService<CheckCatalogue>().RunAsync(check => check.Code is "test.unreadable" or "test.forbidden" or "disk.free", CancellationToken.None);
        Assert.Equal([("disk.free", CheckStatus.Passed), ("test.unreadable", CheckStatus.Unknown), ("test.forbidden", CheckStatus.Unknown)], outcomes.Select(outcome => (outcome.Code, outcome.Result.Status)));
        Assert.DoesNotContain(outcomes, outcome => outcome.Result.Found.Contains("/proc/secret", StringComparison.Ordinal));
    }

    private sealed class UnreadableCheck : ICheck
    {
        public string Code => "test.unreadable";
        public Severity Severity => Severity.Warning;
        public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => throw new FileNotFoundException("There is no /proc/secret");
    }

    private sealed class ForbiddenCheck : ICheck
    {
        public string Code => "test.forbidden";
        public Severity Severity => Severity.Warning;
        public Task<CheckResult> RunAsync(CancellationToken cancellationToken) => throw new UnauthorizedAccessException("/proc/secret is closed");
    }

    private static MaydonSettings Sound(MaydonSettings settings) => settings with
    {
        Debug = false,
        SecretKey = "q7Xw2LkPz9Rt4Vb8Nm3Hs6Jd1Fg5Yc0AeUiOq7Xw2LkPz9Rt4Vb",
        PublicUrl = new Uri("https://square.example.org"),
        AllowedHosts = ["square.example.org"],
        Throttles = new ThrottleSettings(),
        Mail = new MailSettings { Backend = MailBackend.Smtp, Host = "127.0.0.1" },
    };

    private async Task<CheckResult> RunAsync(string code, TestServer? server = null) =>
        Assert.Single(await (server ?? _server).App.Services.GetRequiredService<CheckCatalogue>().RunAsync(check => check.Code == code, CancellationToken.None)).Result;
}
