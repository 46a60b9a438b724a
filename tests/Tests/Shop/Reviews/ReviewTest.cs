using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Tests.Events;
using Maydon.Tests.Registrations;
using Maydon.Tests.Shop.Catalogue;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Reviews;

public sealed class ReviewTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_review_is_written_changed_and_removed_and_the_stars_follow()
    {
        using var staff = await server.SignInStaffAsync();
        var product = await staff.MakeProductAsync();
        using var first = await server.SignInAsync();
        using var second = await server.SignInAsync();
        var made = await first.MakeAsync("/api/reviews/", new { product, rating = 5, comment = "<b>Zoʻr</b> choynak", verified_purchase = true, user_id = 1 });
        var id = (long)made["id"]!;
        Assert.Equal((product, 5, "Zoʻr choynak", "Test", false), ((long)made["product"]!, (int)made["rating"]!, (string)made["comment"]!, (string)made["reviewer"]!, (bool)made["verified_purchase"]!));
        await second.MakeAsync("/api/reviews/", new { product, rating = 2 });
        Assert.Equal("3.50 of 2", await RatingAsync(product));

        await first.PostAsJsonAsync("/api/reviews/", new { product, rating = 1 }).RefusedAsync(409, "already_reviewed");
        var changed = await first.PatchAsync($"/api/reviews/{id}/", new { rating = 4 });
        Assert.Equal((4, "Zoʻr choynak"), ((int)changed["rating"]!, (string)changed["comment"]!));
        Assert.Equal("", (string)(await first.PatchAsync($"/api/reviews/{id}/", new { comment = "" }))["comment"]!);
        Assert.Equal("3.00 of 2", await RatingAsync(product));

        // Whose it is not, there it is not.
        await second.PatchAsJsonAsync($"/api/reviews/{id}/", new { rating = 1 }).RefusedAsync(404, "review_not_found");
        await second.DeleteAsync($"/api/reviews/{id}/").RefusedAsync(404, "review_not_found");
        await staff.PatchAsync($"/api/reviews/{id}/", new { comment = "Tahrirlandi" });
        Assert.Equal(204, (int)(await staff.DeleteAsync($"/api/reviews/{id}/")).StatusCode);
        await first.DeleteAsync($"/api/reviews/{id}/").RefusedAsync(404, "review_not_found");
        Assert.Equal("2.00 of 1", await RatingAsync(product));
        await first.MakeAsync("/api/reviews/", new { product, rating = 1 });
        Assert.Equal("1.50 of 2", await RatingAsync(product));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task Anyone_reads_them_the_newest_first()
    {
        using var staff = await server.SignInStaffAsync();
        using var nobody = server.CreateClient();
        var (product, other) = (await staff.MakeProductAsync(), await staff.MakeProductAsync());
        var before = (int)(await nobody.GetJsonAsync("/api/reviews/"))["count"]!;
        for (var n = 1; n <= 3; n++)
        {
            using var person = server.SignIn(await server.CreateUserAsync());
            await person.MakeAsync("/api/reviews/", new { product, rating = n });
            await person.MakeAsync("/api/reviews/", new { product = other, rating = 5 });
        }

        foreach (var path in new[] { $"/api/reviews/?product={product}&", $"/api/products/{product}/reviews/?" })
        {
            var page = await nobody.GetJsonAsync($"{path}page_size=2");
            Assert.Equal(3, (int)page["count"]!);
            Assert.Equal([3, 2], page["results"]!.AsArray().Select(review => (int)review!["rating"]!));
            Assert.Equal([1], (await nobody.GetJsonAsync($"{path}page_size=2&page=2"))["results"]!.AsArray().Select(review => (int)review!["rating"]!));
            await nobody.GetAsync($"{path}page=9").RefusedAsync(404, "invalid_page");
        }

        Assert.Equal(before + 6, (int)(await nobody.GetJsonAsync("/api/reviews/"))["count"]!);
        var text = (await nobody.GetJsonAsync("/api/reviews/")).ToJsonString();
        Assert.DoesNotContain("person", text, StringComparison.Ordinal);
        Assert.DoesNotContain("user", text, StringComparison.Ordinal);
        await nobody.GetAsync("/api/reviews/?product=x").InvalidAsync("product");
        Assert.Equal(0, (int)(await nobody.GetJsonAsync("/api/reviews/?product=999999"))["count"]!);

        var category = await server.ScalarAsync<long>("select category_id from shop.products where id = $1", product);
        await staff.PatchAsync($"/api/categories/{category}/", new { is_active = false });
        await nobody.GetAsync($"/api/products/{product}/reviews/").RefusedAsync(404, "product_not_found");
        Assert.Equal(before + 3, (int)(await nobody.GetJsonAsync("/api/reviews/"))["count"]!);
        await staff.DeleteAsync($"/api/products/{other}/");
        Assert.Equal(before, (int)(await nobody.GetJsonAsync("/api/reviews/"))["count"]!);
        await nobody.GetAsync($"/api/products/{other}/reviews/").RefusedAsync(404, "product_not_found");
    }

    [Fact]
    public async Task What_is_wrong_is_refused()
    {
        using var staff = await server.SignInStaffAsync();
        var product = await staff.MakeProductAsync();
        using var nobody = server.CreateClient();
        using var person = await server.SignInAsync();
        await nobody.PostAsJsonAsync("/api/reviews/", new { product, rating = 5 }).RefusedAsync(401, "not_authenticated");
        await nobody.PatchAsJsonAsync("/api/reviews/1/", new { rating = 5 }).RefusedAsync(401, "not_authenticated");
        await nobody.DeleteAsync("/api/reviews/1/").RefusedAsync(401, "not_authenticated");
        await person.PostAsJsonAsync("/api/reviews/", new { }).InvalidAsync("product", "rating");
        await person.PostAsJsonAsync("/api/reviews/", new { product, rating = 6, comment = new string('x', 5_001) }).InvalidAsync("rating", "comment");
        await person.PostAsJsonAsync("/api/reviews/", new { product, rating = 0 }).InvalidAsync("rating");
        // As it is kept, it would be longer: a blank stands behind each "<".
        await person.PostAsJsonAsync("/api/reviews/", new { product, rating = 5, comment = string.Concat(Enumerable.Repeat("<a", 2_500)) }).InvalidAsync("comment");
        await person.PostAsJsonAsync("/api/reviews/", new { product, rating = 5, comment = string.Concat(Enumerable.Repeat("<a", 1_667)) }).InvalidAsync("comment");
        await person.PostAsJsonAsync("/api/reviews/", new { product = 999_999, rating = 5 }).RefusedAsync(404, "product_not_found");
        await staff.PatchAsync($"/api/products/{product}/", new { is_active = false });
        await person.PostAsJsonAsync("/api/reviews/", new { product, rating = 5 }).RefusedAsync(404, "product_not_found");
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from shop.reviews where product_id = $1", product));

        await staff.PatchAsync($"/api/products/{product}/", new { is_active = true });
        var longest = string.Concat(Enumerable.Repeat("<a", 1_666));
        var made = await person.MakeAsync("/api/reviews/", new { product, rating = 5, comment = longest });
        Assert.Equal(longest.Replace("<", "< ", StringComparison.Ordinal), (string)made["comment"]!);
        await person.PatchAsJsonAsync($"/api/reviews/{made["id"]}/", new { comment = longest + "<b>" + "<a" }).InvalidAsync("comment");
        Assert.Equal(4_998, await server.ScalarAsync<int>("select char_length(comment) from shop.reviews where product_id = $1", product));
    }

    [Fact]
    public async Task Nobody_counts_them_and_a_page_of_many_asks_as_often_as_a_page_of_one()
    {
        using var staff = await server.SignInStaffAsync();
        var product = await staff.MakeProductAsync();
        foreach (var person in await server.AddPeopleAsync(5))
            await person.MakeAsync("/api/reviews/", new { product, rating = 4 });
        using var nobody = server.CreateClient();
        foreach (var (path, most) in new[] { ("/api/reviews/?", 1), ($"/api/reviews/?product={product}&", 2), ($"/api/products/{product}/reviews/?", 2) })
        {
            await nobody.GetJsonAsync(path);
            foreach (var size in new[] { 1, 5 })
            {
                using var statements = new SqlStatements(server);
                Assert.Equal(size, (await nobody.GetJsonAsync($"{path}page_size={size}"))["results"]!.AsArray().Count);
                Assert.Equal(most, statements.Texts.Count);
                Assert.DoesNotContain(statements.Texts, text => text.Contains("count(", StringComparison.OrdinalIgnoreCase));
            }
        }
    }

    private Task<string?> RatingAsync(long product) => server.ScalarAsync<string>("select concat(rating_average, ' of ', rating_count) from shop.products where id = $1", product);
}
