using System.Net;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;

namespace Maydon.Tests.Identity;

/// <summary>Becoming somebody: what a sign-up takes, refuses and leaves behind.</summary>
public sealed class SignUpTest(IdentityServer identity, TestPostgres postgres) : IClassFixture<IdentityServer>
{
    [Fact]
    public async Task Signing_up_makes_an_unverified_account_and_mails_a_code()
    {
        using var answer = await identity.Anyone.PostAsync("/auth/signup", new
        {
            email = " Aziza@Example.org ",
            password = IdentityServer.Password,
            role = "Facilitator",
            full_name = "Aziza Nur",
            language = "ru",
        });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var body = await answer.ReadAsync();
        Assert.Equal("aziza@example.org", body.Text("email"));
        Assert.NotEmpty(body.Text("detail"));
        Assert.Equal(2, body.EnumerateObject().Count());

        var stored = await identity.Server.ScalarAsync<string>("""
            select concat_ws('|', full_name, array_to_string(roles, ','), is_active, is_staff, is_superuser, email_verified, language, last_login)
            from identity.users where email = 'aziza@example.org'
            """);
        Assert.Equal("Aziza Nur|Facilitator|t|f|f|f|ru", stored);
        var code = Assert.Single(await identity.CodesAsync("aziza@example.org"));
        Assert.Equal("verify_email", code.Purpose);
        Assert.Matches(@"^\d{6}$", code.Code);
        var id = await identity.Server.ScalarAsync<long>("select id from identity.users where email = 'aziza@example.org'");
        Assert.Equal(["signed_up"], await identity.AuditAsync(id));
    }

    [Theory]
    [InlineData("taken@example.org")]
    [InlineData("TAKEN@Example.ORG")]
    [InlineData("  taken@example.org ")]
    public async Task A_taken_email_is_refused_in_any_letter_case_verified_or_not(string email)
    {
        await identity.Anyone.PostAsync("/auth/signup", new { email = "taken@example.org", password = IdentityServer.Password, role = "Seeker" });
        var before = await CountAsync();
        using var answer = await identity.Anyone.PostAsync("/auth/signup", new { email, password = "another-secret-77", role = "Seeker" });
        await answer.ShouldBeProblemAsync(HttpStatusCode.Conflict, "email_exists");
        Assert.Equal(before, await CountAsync());
    }

    [Fact]
    public async Task Of_many_sign_ups_at_once_with_one_email_exactly_one_makes_the_account()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => identity.Anyone.PostAsync(
            "/auth/signup", new { email = i % 2 == 0 ? "rush@example.org" : "RUSH@example.org", password = IdentityServer.Password, role = "Seeker" })));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        foreach (var answer in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
            await answer.ShouldBeProblemAsync(HttpStatusCode.Conflict, "email_exists");
        Assert.Equal(1, await identity.Server.ScalarAsync<long>("select count(*) from identity.users where email = 'rush@example.org'"));
        Assert.Single(await identity.CodesAsync("rush@example.org"));
    }

    [Fact]
    public async Task A_name_of_nothing_but_blanks_and_signs_without_width_is_none_and_one_of_two_lines_is_refused()
    {
        using var taken = await identity.Anyone.PostAsync("/auth/signup", new { email = "noname@example.org", password = IdentityServer.Password, role = "Seeker", full_name = "\u200b \ufeff" });
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        Assert.Equal("", await identity.Server.ScalarAsync<string>("select full_name from identity.users where email = 'noname@example.org'"));
        foreach (var name in new[] { "A\u2028B", "A\u2029B", "A\u202eB", "A\u2067B" })
        {
            using var refused = await identity.Anyone.PostAsync("/auth/signup", new { email = "twolines@example.org", password = IdentityServer.Password, role = "Seeker", full_name = name });
            await refused.ShouldNameAsync("full_name");
        }
    }

    [Fact]
    public async Task Rights_cannot_be_asked_for()
    {
        using var answer = await identity.Anyone.PostAsync("/auth/signup", new
        {
            email = "greedy@example.org",
            password = IdentityServer.Password,
            role = "Seeker",
            roles = new[] { "Doctor" },
            is_staff = true,
            is_superuser = true,
            is_active = false,
            email_verified = true,
            id = 1,
            date_joined = "2001-01-01T00:00:00Z",
        });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var stored = await identity.Server.ScalarAsync<string>("""
            select concat_ws('|', array_to_string(roles, ','), is_active, is_staff, is_superuser, email_verified, extract(year from date_joined) > 2001)
            from identity.users where email = 'greedy@example.org'
            """);
        Assert.Equal("Seeker|t|f|f|f|t", stored);
    }

    [Theory]
    [InlineData("Doctor")]
    [InlineData("superuser")]
    [InlineData("staff")]
    [InlineData("seeker")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Only_seekers_and_facilitators_can_sign_up(string? role)
    {
        var before = await CountAsync();
        using var answer = await identity.Anyone.PostAsync("/auth/signup", new { email = "role@example.org", password = IdentityServer.Password, role });
        await answer.ShouldNameAsync("role");
        Assert.Equal(before, await CountAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("x@")]
    [InlineData("@example.org")]
    [InlineData("x@example")]
    [InlineData("a..b@example.org")]
    [InlineData(".a@example.org")]
    [InlineData("x@-example.org")]
    [InlineData("a b@example.org")]
    [InlineData("a@example.org\r\nBcc: all@example.org")]
    [InlineData("x@example.org,y@example.org")]
    [InlineData("аня@example.org")]
    [InlineData("a%b@example.com")]
    [InlineData("a!b@example.com")]
    [InlineData("a`id`@example.com")]
    [InlineData("=?utf-8?q?abc?=@example.com")]
    public async Task What_is_no_email_is_refused(string email)
    {
        var before = await CountAsync();
        using var answer = await identity.Anyone.PostAsync("/auth/signup", new { email, password = IdentityServer.Password, role = "Seeker" });
        await answer.ShouldNameAsync("email");
        Assert.Equal(before, await CountAsync());
    }

    [Theory]
    [InlineData("short-7", "8")]
    [InlineData("4815162342108", "digits")]
    [InlineData("Password123", "common")]
    [InlineData("q1w2e3r4t5", "common")]
    [InlineData("gulnora.s", "email")]
    [InlineData("Gulnora.s7", "email")]
    [InlineData("saidova1", "name")]
    [InlineData("xurshida saidova", "name")]
    public async Task A_password_that_breaks_a_rule_is_refused_with_the_rule_named(string password, string named)
    {
        var before = await CountAsync();
        using var client = identity.Server.CreateClient();
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        using var answer = await client.PostAsync("/auth/signup", new { email = "gulnora.s@example.org", password, role = "Seeker", full_name = "Xurshida Saidova" });
        Assert.Contains(named, await answer.ShouldNameAsync("password"), StringComparison.Ordinal);
        Assert.Equal(before, await CountAsync());
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        var before = await identity.Server.ScalarAsync<long>("select count(*) from identity.users");
        using var answer = await identity.Anyone.PostAsync("/auth/signup", new { email = "x", role = "Boss", password = "123", language = "fr", full_name = new string('x', 151) });
        var errors = (await answer.ReadAsync()).GetProperty("errors");
        Assert.Equal(["email", "full_name", "language", "password", "role"], errors.EnumerateObject().Select(error => error.Name).Order());
        using var nothing = await identity.Anyone.PostAsync("/auth/signup", new { });
        Assert.Equal([("email", 1), ("password", 1), ("role", 1)], (await nothing.ReadAsync()).GetProperty("errors").EnumerateObject().Select(error => (error.Name, error.Value.GetArrayLength())).Order());
        Assert.Equal(before, await identity.Server.ScalarAsync<long>("select count(*) from identity.users"));
    }

    [Fact]
    public async Task A_password_of_128_characters_is_taken_and_one_of_129_is_not()
    {
        var letters = string.Concat(Enumerable.Range(0, 128).Select(i => (char)('a' + (i * 7 % 26))));
        using var refused = await identity.Anyone.PostAsync("/auth/signup", new { email = "long@example.org", password = letters + "x", role = "Seeker" });
        Assert.Contains("128", await refused.ShouldNameAsync("password"), StringComparison.Ordinal);
        using var taken = await identity.Anyone.PostAsync("/auth/signup", new { email = "long@example.org", password = letters, role = "Seeker" });
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
    }

    [Fact]
    public async Task Neither_the_password_nor_the_code_lies_in_the_database()
    {
        await identity.Anyone.PostAsync("/auth/signup", new { email = "quiet@example.org", password = "an-unlikely-secret-91", role = "Seeker" });
        var code = await identity.CodeAsync("quiet@example.org");
        foreach (var table in new[] { "identity.users", "identity.one_time_codes", "kernel.outbox", "kernel.audit_log" })
        {
            var dump = await identity.Server.ScalarAsync<string>($"select coalesce(string_agg(t::text, ' '), '') from {table} t");
            Assert.DoesNotContain("an-unlikely-secret-91", dump, StringComparison.Ordinal);
            Assert.DoesNotMatch($@"\b{code}\b", dump!);
            if (table != "identity.users")
                Assert.DoesNotContain("quiet@example.org", dump, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("root@localhost")]
    [InlineData("root@mail.localhost")]
    [InlineData("root@localhost.localdomain")]
    [InlineData("x@127.0.0.1")]
    [InlineData("x@10.0")]
    public async Task A_mailbox_of_this_machine_is_only_for_trying_things_out(string email)
    {
        await using var production = new IdentityServer(postgres);
        await production.StartAsync(settings => settings with { Debug = false });
        production.Anyone.BaseAddress = new Uri("https://localhost:8000");
        using var refused = await production.Anyone.PostAsync("/auth/signup", new { email, password = IdentityServer.Password, role = "Seeker" });
        await refused.ShouldNameAsync("email");
        Assert.Equal(0, await production.Server.ScalarAsync<long>("select count(*) from identity.users"));

        using var tried = await identity.Anyone.PostAsync("/auth/signup", new { email, password = IdentityServer.Password, role = "Seeker" });
        Assert.Equal(HttpStatusCode.Created, tried.StatusCode);
    }

    [Theory]
    [InlineData("victim comes second", false)]
    [InlineData("stranger comes second", true)]
    public async Task Whoever_prepares_an_account_for_somebody_elses_mailbox_never_gets_in(string order, bool victimFirst)
    {
        var email = $"{order.Split(' ')[0]}.disputed@example.org";
        using var first = await SignUpAsync(victimFirst ? "the-victims-own-1" : "the-strangers-one-1", victimFirst ? "Seeker" : "Facilitator");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        var code = await identity.CodeAsync(email);
        using var second = await SignUpAsync(victimFirst ? "the-strangers-one-1" : "the-victims-own-1", victimFirst ? "Facilitator" : "Seeker");
        await second.ShouldBeProblemAsync(HttpStatusCode.Conflict, "email_exists");
        using var third = await SignUpAsync("the-strangers-one-1", "Facilitator");
        await third.ShouldBeProblemAsync(HttpStatusCode.Conflict, "email_exists");

        Assert.Equal(HttpStatusCode.OK, (await identity.Anyone.PostAsync("/auth/verify-email", new { email, otp = code })).StatusCode);

        await (await LoginAsync("the-strangers-one-1")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "invalid_credentials");
        await (await LoginAsync("the-victims-own-1")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "invalid_credentials");
        identity.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.OK, (await identity.Anyone.PostAsync("/auth/password/reset", new { email })).StatusCode);
        using var set = await identity.Anyone.PostAsync("/auth/password/reset/confirm", new { email, otp = await identity.CodeAsync(email), new_password = "set-by-mailbox-1" });
        Assert.Equal(HttpStatusCode.NoContent, set.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await LoginAsync("set-by-mailbox-1")).StatusCode);
        Assert.Equal("Seeker Facilitator ", await identity.Server.ScalarAsync<string>(
            "select concat_ws(' ', case when roles @> '{Seeker}' then 'Seeker' end, case when roles @> '{Facilitator}' then 'Facilitator' end, full_name) from identity.users where email = $1", email));
        Assert.Equal(1, await identity.Server.ScalarAsync<long>(
            "select count(*) from kernel.audit_log a join identity.users u on u.id = a.user_id where a.action = 'sign_up_disputed' and u.email = $1", email));

        Task<HttpResponseMessage> SignUpAsync(string password, string role) =>
            identity.Anyone.PostAsync("/auth/signup", new { email, password, role, full_name = password.Contains("victim", StringComparison.Ordinal) ? "Zarina" : "A Stranger" });

        Task<HttpResponseMessage> LoginAsync(string password) => identity.Anyone.PostAsync("/auth/login", new { email, password });
    }

    [Fact]
    public async Task Signing_up_again_with_the_same_password_or_after_the_code_changes_nothing()
    {
        const string email = "twice@example.org";
        var me = new { email, password = IdentityServer.Password, role = "Seeker", full_name = "Twice" };
        await identity.Anyone.PostAsync("/auth/signup", me);
        var code = await identity.CodeAsync(email);
        var stored = await StoredAsync();
        await (await identity.Anyone.PostAsync("/auth/signup", me)).ShouldBeProblemAsync(HttpStatusCode.Conflict, "email_exists");
        Assert.Equal(stored, await StoredAsync());

        Assert.Equal(HttpStatusCode.OK, (await identity.Anyone.PostAsync("/auth/verify-email", new { email, otp = code })).StatusCode);
        stored = await StoredAsync();
        await (await identity.Anyone.PostAsync("/auth/signup", new { email, password = "another-secret-77", role = "Facilitator" })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "email_exists");
        Assert.Equal(stored, await StoredAsync());

        Task<string?> StoredAsync() => identity.Server.ScalarAsync<string>("select u::text from identity.users u where email = $1", email);
    }

    [Fact]
    public async Task Of_two_at_once_with_different_passwords_neither_counts()
    {
        const string email = "atonce@example.org";
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => identity.Anyone.PostAsync("/auth/signup", new { email, password = $"paxta-dala-{i}x", role = "Seeker" })));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.Equal(1, await identity.Server.ScalarAsync<long>("select count(*) from identity.users where email = $1 and password_hash is null", email));
    }

    private Task<long> CountAsync() => identity.Server.ScalarAsync<long>("select (select count(*) from identity.users) + (select count(*) from kernel.outbox)");
}
