using System.Net.Http.Json;
using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Catalogue;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Reviews;

/// <summary>Everybody reviews at once, and the average is exact.</summary>
public sealed class ReviewRaceTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Fifty_reviews_changes_and_deletions_at_once()
    {
        using var staff = await server.SignInStaffAsync();
        var product = await staff.MakeProductAsync();
        var people = await server.AddPeopleAsync(50);

        var made = await Task.WhenAll(people.Select((person, n) => person.PostAnswerAsync("/api/reviews/", new { product, rating = (n % 5) + 1 })));
        Assert.All(made, answer => Assert.Equal("201 ", answer.ToString()));
        Assert.Equal("150 50 3.00", await RatingAsync(product));

        // A third goes, a third changes its mind, the last third comes again in vain.
        var statuses = await Task.WhenAll(people.Select(async (person, n) =>
        {
            var path = $"/api/reviews/{made[n].Body.GetProperty("id").GetInt64()}/";
            using var answer = (n % 3) switch
            {
                0 => await person.DeleteAsync(path),
                1 => await person.PatchAsJsonAsync(path, new { rating = 5 }),
                _ => await person.PostAsJsonAsync("/api/reviews/", new { product, rating = 1 }),
            };
            return (int)answer.StatusCode;
        }));

        Assert.Equal(new Dictionary<int, int> { [204] = 17, [200] = 17, [409] = 16 }, statuses.CountBy(status => status).ToDictionary());
        var left = Enumerable.Range(0, 50).Where(n => n % 3 != 0).Sum(n => n % 3 == 1 ? 5 : (n % 5) + 1);
        Assert.StartsWith($"{left} 33 ", await RatingAsync(product), StringComparison.Ordinal);
        await server.VerifyAsync();
    }

    [Fact]
    public async Task One_person_twenty_times_at_once_has_one_review()
    {
        using var staff = await server.SignInStaffAsync();
        var product = await staff.MakeProductAsync();
        using var person = await server.SignInAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => person.PostAnswerAsync("/api/reviews/", new { product, rating = 4 })));

        Assert.Equal(new Dictionary<string, int> { ["201 "] = 1, ["409 already_reviewed"] = 19 }, answers.Tally());
        Assert.Equal("4 1 4.00", await RatingAsync(product));

        // And takes it back once.
        var id = answers.Single(answer => (int)answer.Status == 201).Body.GetProperty("id").GetInt64();
        var gone = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => person.DeleteAsync($"/api/reviews/{id}/")));
        Assert.Equal(1, gone.Count(answer => (int)answer.StatusCode == 204));
        Assert.Equal("0 0 ", await RatingAsync(product));
        await server.VerifyAsync();
    }

    private Task<string?> RatingAsync(long product) =>
        server.ScalarAsync<string>("select concat(rating_total, ' ', rating_count, ' ', rating_average) from shop.products where id = $1", product);
}
