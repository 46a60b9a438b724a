using System.Net;
using Maydon.Identity.Passwords;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Maydon.Tests.Identity;

/// <summary>More passwords at once than the server can hash: a short queue, then a refusal that changes nothing.</summary>
public sealed class PasswordFloodTest(TestPostgres postgres) : IAsyncLifetime
{
    private readonly IdentityServer _identity = new(postgres);

    public ValueTask InitializeAsync() => _identity.StartAsync(customise: builder => builder.Services.Replace(ServiceDescriptor.Singleton(new PasswordCost(50_000))));

    public ValueTask DisposeAsync() => _identity.DisposeAsync();

    [Fact]
    public async Task A_flood_is_refused_beyond_a_short_queue_and_what_is_refused_leaves_nothing()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 120).Select(i => _identity.Anyone.PostAsync(
            "/auth/signup", new { email = $"flood{i}@example.org", password = IdentityServer.Password, role = "Seeker" })));
        var refused = answers.Where(answer => answer.StatusCode != HttpStatusCode.Created).ToList();
        Assert.NotEmpty(refused);
        foreach (var answer in refused)
        {
            await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        // Whoever found a place in the queue was served.
        Assert.True(answers.Length - refused.Count > 30);
        Assert.Equal(answers.Length - refused.Count, await _identity.Server.ScalarAsync<long>("select count(*) from identity.users"));
    }

    [Fact]
    public async Task An_attempt_that_was_never_looked_at_is_not_counted()
    {
        await using var identity = new IdentityServer(postgres);
        await identity.StartAsync(customise: builder => builder.Services.Replace(ServiceDescriptor.Singleton(new PasswordCost(1_000_000, MaxWaiting: 0))));
        var person = await identity.CreatePersonAsync("Seeker");
        await identity.LoginAsync(person);
        var hashing = identity.Server.App.Services.GetRequiredService<PasswordHashing>();
        var busy = Enumerable.Range(0, PasswordHashing.AtOnce)
            .Select(_ => Task.Factory.StartNew(() => hashing.HashAsync("occupied", default), default, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()).ToList();
        await Task.Delay(200);

        var refused = 0;
        while (!busy.Exists(task => task.IsCompleted))
        {
            using var answer = await identity.Anyone.PostAsync("/auth/login", new { email = person.Email, password = "wrong" });
            if (answer.StatusCode == HttpStatusCode.Unauthorized)
                break;
            await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
            refused++;
        }

        Assert.True(refused > 6, $"Only {refused} were refused before there was room again.");
        await Task.WhenAll(busy);
        await identity.LoginAsync(person);
    }
}
