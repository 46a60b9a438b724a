using System.Net;
using Maydon.Identity.Contracts;
using Maydon.Kernel.Operations;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;

namespace Maydon.Tests.Identity;

/// <summary>What the command line does to accounts, and the account of a first start.</summary>
public sealed class AccountCommandsTest(TestPostgres postgres) : IAsyncLifetime
{
    private readonly IdentityServer _identity = new(postgres);

    public ValueTask InitializeAsync() => _identity.StartAsync();

    public ValueTask DisposeAsync() => _identity.DisposeAsync();

    [Fact]
    public async Task The_first_start_makes_one_admin_however_many_nodes_start()
    {
        var made = (await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => RunAsync(commands => commands.EnsureAdminAsync("ru", default))))).OfType<FirstAdmin>().ToList();
        var admin = Assert.Single(made);
        Assert.Equal("admin@localhost", admin.Email);
        Assert.Equal(20, admin.Password.Length);
        Assert.Null(await RunAsync(commands => commands.EnsureAdminAsync("ru", default)));

        using var login = await _identity.Anyone.PostAsync("/auth/login", new { email = admin.Email, password = admin.Password });
        var access = (await login.ReadAsync()).Text("access");
        Assert.Equal("ru", (await (await _identity.Bearing(access).GetAsync("/auth/me")).ReadAsync()).Text("language"));
        Assert.Equal(HttpStatusCode.OK, (await _identity.Bearing(access).GetAsync("/api/admin/users/")).StatusCode);
        using var token = await _identity.Anyone.PostAsync("/api/token/", new { username = "admin", password = admin.Password });
        Assert.Equal(HttpStatusCode.OK, token.StatusCode);
    }

    [Fact]
    public async Task A_superuser_is_made_with_every_right()
    {
        var made = await RunAsync(commands => commands.CreateSuperuserAsync(new("Boss@Example.org", "90 111 22 33", "Boss", "The Boss", "long-enough-word-1"), default));
        Assert.Empty(made.Faults);
        Assert.Equal("boss@example.org|+998901112233|boss|t|t|t|t", await _identity.Server.ScalarAsync<string>(
            "select concat_ws('|', email, phone, username, is_active, is_staff, is_superuser, email_verified) from identity.users where id = $1", made.UserId!));
        Assert.Equal(["account_created"], await _identity.AuditAsync(made.UserId!.Value));
    }

    [Fact]
    public async Task Every_fault_of_a_superuser_is_said_and_nothing_is_stored()
    {
        await RunAsync(commands => commands.CreateSuperuserAsync(new("boss@example.org", null, "boss", null, "long-enough-word-1"), default));
        var count = await CountAsync();
        var taken = await RunAsync(commands => commands.CreateSuperuserAsync(new("BOSS@example.org", null, "Boss", null, "password"), default));
        Assert.Equal(["email", "password", "username"], taken.Faults.Select(fault => fault.Split(':')[0]).Order());
        Assert.Null(taken.UserId);
        var malformed = await RunAsync(commands => commands.CreateSuperuserAsync(new("x", "y", "7", null, "long-enough-word-1"), default));
        Assert.Equal(["email", "phone", "username"], malformed.Faults.Select(fault => fault.Split(':')[0]).Order());
        var speechless = await RunAsync(commands => commands.CreateSuperuserAsync(new("tongue@example.org", null, null, null, "long-enough-word-1", "fr"), default));
        Assert.Equal(["language"], speechless.Faults.Select(fault => fault.Split(':')[0]));
        var nameless = await RunAsync(commands => commands.CreateSuperuserAsync(new(null, " ", null, null, "long-enough-word-1"), default));
        Assert.Single(nameless.Faults);
        Assert.Equal(count, await CountAsync());
    }

    [Theory]
    [InlineData("email")]
    [InlineData("username")]
    [InlineData("phone")]
    public async Task A_password_is_set_by_any_name_and_the_sessions_end(string by)
    {
        var person = await _identity.CreatePersonAsync("Seeker");
        await _identity.Server.ExecuteAsync("update identity.users set username = 'nodira', phone = '+998901234567' where id = $1", person.Id);
        var session = await _identity.LoginAsync(person);
        var name = by switch { "email" => person.Email.ToUpperInvariant(), "username" => "Nodira", _ => "90 123 45 67" };
        Assert.Single((await RunAsync(commands => commands.ChangePasswordAsync(name, "password", default))).Faults);
        Assert.Single((await RunAsync(commands => commands.ChangePasswordAsync("nobody", "long-enough-word-1", default))).Faults);
        await _identity.LoginAsync(person);

        Assert.Equal(person.Id, (await RunAsync(commands => commands.ChangePasswordAsync(name, "long-enough-word-1", default))).UserId);
        await _identity.LoginAsync(person, "long-enough-word-1");
        Assert.Equal(HttpStatusCode.Unauthorized, (await _identity.Bearing(session.Text("access")).GetAsync("/auth/me")).StatusCode);
    }

    [Fact]
    public async Task The_demo_brings_people_once_and_says_how_two_of_them_sign_in()
    {
        var lines = await LoadAsync();
        var count = await CountAsync();
        Assert.True(count > 80);
        Assert.Equal(4, await _identity.Server.ScalarAsync<long>("select count(*) from identity.people where 'Facilitator' = any(roles) and email like '%@demo.example'"));
        var password = Assert.Single(lines).Split("password ")[1].Split(' ')[0];
        foreach (var email in new[] { "facilitator@demo.example", "seeker@demo.example" })
            Assert.Equal(HttpStatusCode.OK, (await _identity.Anyone.PostAsync("/auth/login", new { email, password })).StatusCode);
        Assert.Empty(await LoadAsync());
        Assert.Equal(count, await CountAsync());

        async Task<IReadOnlyList<string>> LoadAsync()
        {
            await using var scope = _identity.Server.App.Services.CreateAsyncScope();
            return await scope.ServiceProvider.GetServices<IDemoData>().First().LoadAsync(default);
        }
    }

    private async Task<T> RunAsync<T>(Func<AccountCommands, Task<T>> run)
    {
        await using var scope = _identity.Server.App.Services.CreateAsyncScope();
        return await run(scope.ServiceProvider.GetRequiredService<AccountCommands>());
    }

    private Task<long> CountAsync() => _identity.Server.ScalarAsync<long>("select count(*) from identity.users");
}
