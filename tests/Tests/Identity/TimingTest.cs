using System.Diagnostics;
using System.Net;
using Maydon.Identity.Passwords;
using Maydon.Tests.Support;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Maydon.Tests.Identity;

/// <summary>After everything else, by itself: nothing disturbs what is measured.</summary>
[CollectionDefinition(nameof(MeasuredAlone), DisableParallelization = true)]
public sealed class MeasuredAlone;

/// <summary>
/// Who has an account is not to be told by the clock. Calls are interleaved, so that whatever else the machine does slows both, and
/// medians are compared with a wide margin; the control shows that the margin would catch an answer given without the work.
/// </summary>
[Collection(nameof(MeasuredAlone))]
public sealed class TimingTest(TestPostgres postgres) : IAsyncLifetime
{
    private const int Rounds = 15;

    // A request that only reads and writes takes a few milliseconds and varies more.
    private const int QuickRounds = 41;
    private readonly IdentityServer _identity = new(postgres);

    public ValueTask InitializeAsync() => _identity.StartAsync(customise: builder => builder.Services.Replace(ServiceDescriptor.Singleton(new PasswordCost(60_000))));

    public ValueTask DisposeAsync() => _identity.DisposeAsync();

    [Theory]
    [InlineData("/auth/login")]
    [InlineData("/api/token/")]
    public async Task Signing_in_takes_as_long_for_every_kind_of_account(string path)
    {
        var known = await _identity.CreatePersonAsync("Seeker");
        var inactive = await _identity.CreatePersonAsync("Seeker");
        await _identity.Server.ExecuteAsync("update identity.users set is_active = false where id = $1", inactive.Id);
        var passwordless = await _identity.Server.CreateUserAsync("Seeker");

        var medians = await MediansAsync(Rounds, advance: true,
            () => TryAsync(known.Email, "wrong-password"), () => TryAsync("nobody@example.org", "wrong-password"), () => TryAsync(inactive.Email, IdentityServer.Password),
            () => TryAsync(passwordless.Email, "wrong-password"));
        foreach (var median in medians)
            Assert.InRange(median / medians[0], 0.6, 1.6);

        // Control: a refusal before the hashing stands out.
        for (var i = 0; i < 5; i++)
            await TryAsync("locked@example.org", "wrong-password");
        var early = await MediansAsync(Rounds, advance: false, () => TryAsync("locked@example.org", "wrong-password"));
        Assert.True(early[0] / medians[0] < 0.6, $"{early[0]} ms without and {medians[0]} ms with hashing");

        async Task TryAsync(string name, string password)
        {
            using var answer = await _identity.Anyone.PostAsync(path, path == "/auth/login" ? new { email = name, password } : new { username = name, password });
            Assert.False(answer.IsSuccessStatusCode);
        }
    }

    [Fact]
    public async Task Asking_for_a_code_takes_as_long_for_every_kind_of_account()
    {
        var known = await _identity.CreatePersonAsync("Seeker");
        var unverified = await _identity.CreatePersonAsync("Seeker");
        await _identity.Server.ExecuteAsync("update identity.users set email_verified = false where id = $1", unverified.Id);
        foreach (var path in new[] { "/auth/password/reset", "/auth/resend-otp" })
        {
            var medians = await MediansAsync(QuickRounds, advance: true, () => AskAsync(known.Email), () => AskAsync("nobody@example.org"), () => AskAsync(unverified.Email));
            foreach (var median in medians)
                Assert.InRange(median / medians[0], 0.5, 2);

            async Task AskAsync(string email)
            {
                using var answer = await _identity.Anyone.PostAsync(path, new { email });
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }
    }

    private async Task<List<double>> MediansAsync(int rounds, bool advance, params Func<Task>[] calls)
    {
        var times = calls.Select(_ => new List<double>()).ToList();
        for (var round = 0; round < rounds + 2; round++)
        {
            // Past every throttle.
            if (advance)
                _identity.Server.Clock.Advance(TimeSpan.FromMinutes(61));
            for (var i = 0; i < calls.Length; i++)
            {
                var started = Stopwatch.GetTimestamp();
                await calls[i]();
                // The first rounds warm up.
                if (round >= 2)
                    times[i].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        return [.. times.Select(all => all.Order().ElementAt(all.Count / 2))];
    }
}
