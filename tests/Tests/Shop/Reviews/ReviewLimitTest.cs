using System.Net.Http.Json;
using Maydon.Kernel.Settings;
using Maydon.Tests.Events;
using Maydon.Tests.Shop.Catalogue;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Reviews;

/// <summary>How much one person may write.</summary>
public sealed class ReviewLimitTest(TestPostgres postgres)
{
    [Fact]
    public async Task A_person_writes_so_many_an_hour_and_another_their_own()
    {
        await using var server = new TestServer(postgres);
        await server.StartAsync(settings => settings with { Throttles = settings.Throttles with { Reviews = new Rate(3, TimeSpan.FromHours(1)) } });
        using var staff = await server.SignInStaffAsync();
        long[] products = [await staff.MakeProductAsync(), await staff.MakeProductAsync()];
        var account = await server.CreateUserAsync();
        using var person = server.SignIn(account);
        using var other = await server.SignInAsync();
        var id = (long)(await person.MakeAsync("/api/reviews/", new { product = products[0], rating = 5 }))["id"]!;
        await person.PatchAsync($"/api/reviews/{id}/", new { rating = 4 });
        await person.PostAsJsonAsync("/api/reviews/", new { product = products[0], rating = 5 }).RefusedAsync(409, "already_reviewed");

        await person.PostAsJsonAsync("/api/reviews/", new { product = products[1], rating = 1 }).RefusedAsync(429, "throttled");
        await person.PatchAsJsonAsync($"/api/reviews/{id}/", new { rating = 1 }).RefusedAsync(429, "throttled");
        Assert.Equal("4", await server.ScalarAsync<string>("select string_agg(rating::text, ' ') from shop.reviews"));

        // What is there can always be taken back, and read.
        Assert.Equal(204, (int)(await person.DeleteAsync($"/api/reviews/{id}/")).StatusCode);
        Assert.Equal(200, (int)(await person.GetAsync("/api/reviews/")).StatusCode);
        await other.MakeAsync("/api/reviews/", new { product = products[0], rating = 5 });
        server.Clock.Advance(TimeSpan.FromMinutes(61));
        using var later = server.SignIn(account);
        await later.MakeAsync("/api/reviews/", new { product = products[1], rating = 5 });
    }
}
