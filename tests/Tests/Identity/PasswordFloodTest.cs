using System.Net;
using Maydon.Identity.Passwords;
using Maydon.Tests.Kernel;
using Maydon.Tests.Support;
using Microsoft.AspNetCore.Hosting;
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

    [Fact]
    public async Task Whoever_signs_in_all_the_time_with_right_passwords_keeps_nobody_else_out()
    {
        await using var identity = new IdentityServer(postgres);
        await identity.StartAsync(customise: builder =>
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(new PasswordCost(150_000, MaxWaiting: 4)));
            builder.Services.AddSingleton<IStartupFilter, ProbePeer>();
        });
        var (greedy, other) = (await identity.CreatePersonAsync("Seeker"), await identity.CreatePersonAsync("Seeker"));
        using var elsewhere = identity.Server.CreateClient();
        elsewhere.DefaultRequestHeaders.Add(ProbePeer.Header, "203.0.113.9");
        using var ends = new CancellationTokenSource();
        var busy = Enumerable.Range(0, 12).Select(_ => SignInAgainAndAgainAsync()).ToList();
        await Task.Delay(300);

        for (var i = 0; i < 3; i++)
        {
            using var answer = await elsewhere.PostAsync("/auth/login", new { email = other.Email, password = IdentityServer.Password });
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await ends.CancelAsync();
        var turnedAway = (await Task.WhenAll(busy)).Sum();
        Assert.True(turnedAway > 0, "The queue was never full: nothing was shown.");

        async Task<int> SignInAgainAndAgainAsync()
        {
            var refused = 0;
            while (!ends.IsCancellationRequested)
            {
                using var answer = await identity.Anyone.PostAsync("/auth/login", new { email = greedy.Email, password = IdentityServer.Password });
                refused += answer.StatusCode == HttpStatusCode.ServiceUnavailable ? 1 : 0;
            }

            return refused;
        }
    }

    [Fact]
    public async Task Those_who_wait_take_turns_and_whoever_waits_most_gives_way()
    {
        var queue = new TurnQueue(1, 4);
        var order = new List<string>();
        var inside = await queue.EnterAsync("a", default);
        var waiting = new[] { "a", "a", "a", "a" }.Select(EnterAsync).ToList();
        using var gone = new CancellationTokenSource();
        var newcomer = EnterAsync("b");
        var another = queue.EnterAsync("c", gone.Token);

        // The two youngest of a have given way; a itself gets no more.
        await Task.WhenAll(waiting[2..]).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.DoesNotContain(waiting[..2], task => task.IsCompleted);
        Assert.Null(await queue.EnterAsync("a", default));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => another);
        inside!.Dispose();
        await Task.WhenAll([.. waiting, newcomer]);

        Assert.Equal("a b a", string.Join(' ', order));
        using var free = await queue.EnterAsync("d", default);
        Assert.NotNull(free);

        async Task EnterAsync(string caller)
        {
            using var place = await queue.EnterAsync(caller, default);
            if (place is not null)
                order.Add(caller);
        }
    }
}
