using System.Net.Http.Json;
using Maydon.Tests.Events;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Catalogue;

/// <summary>Staff write the tree of categories.</summary>
public sealed class CategoryTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_category_is_made_changed_and_removed()
    {
        using var staff = await server.SignInStaffAsync();
        var parent = await staff.MakeCategoryAsync("Elektronika");
        var made = await staff.MakeAsync("/api/categories/", new { name = "  Oʻyinchoqlar va sovgʻalar ", parent, position = 3 });
        var id = (long)made["id"]!;
        Assert.Equal(("Oʻyinchoqlar va sovgʻalar", "oyinchoqlar-va-sovgalar", parent, 3, true), ((string)made["name"]!, (string)made["slug"]!, (long)made["parent"]!, (int)made["position"]!, (bool)made["is_active"]!));

        var renamed = await staff.PatchAsync($"/api/categories/{id}/", new { name = "Игрушки", is_active = false });
        Assert.Equal(("Игрушки", "oyinchoqlar-va-sovgalar", parent, 3, false), ((string)renamed["name"]!, (string)renamed["slug"]!, (long)renamed["parent"]!, (int)renamed["position"]!, (bool)renamed["is_active"]!));
        Assert.Equal("igrushki", (string)(await staff.PatchAsync($"/api/categories/{id}/", new { slug = (string?)null }))["slug"]!);

        using var replaced = await staff.PutAsJsonAsync($"/api/categories/{id}/", new { name = "Игры" });
        var whole = await replaced.ReadAsync();
        Assert.Equal((200, "igrushki", null, 0, true), ((int)replaced.StatusCode, (string)whole["slug"]!, whole["parent"], (int)whole["position"]!, (bool)whole["is_active"]!));

        Assert.Equal(204, (int)(await staff.DeleteAsync($"/api/categories/{id}/")).StatusCode);
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from shop.categories where id = $1", id));
        await staff.DeleteAsync($"/api/categories/{id}/").RefusedAsync(404, "category_not_found");
    }

    [Fact]
    public async Task A_new_one_comes_last_among_its_own_unless_told()
    {
        using var staff = await server.SignInStaffAsync();
        var parent = await staff.MakeCategoryAsync("Kiyim");
        var positions = new List<int>();
        foreach (var position in new int?[] { null, 7, null, 2, null, 1_000_000, null })
            positions.Add((int)(await staff.MakeAsync("/api/categories/", new { name = "Toʻn", parent, position }))["position"]!);
        Assert.Equal([0, 7, 8, 2, 9, 1_000_000, 1_000_000], positions);
    }

    [Fact]
    public async Task Nothing_hangs_on_itself_or_too_deep()
    {
        using var staff = await server.SignInStaffAsync();
        var top = await staff.MakeCategoryAsync("Top");
        var child = await staff.MakeCategoryAsync("Child", top);
        var grandchild = await staff.MakeCategoryAsync("Grandchild", child);
        await staff.PatchAsJsonAsync($"/api/categories/{top}/", new { parent = top }).RefusedAsync(409, "category_cycle");
        await staff.PatchAsJsonAsync($"/api/categories/{top}/", new { parent = grandchild }).RefusedAsync(409, "category_cycle");
        await staff.PutAsJsonAsync($"/api/categories/{child}/", new { name = "Child", parent = grandchild }).RefusedAsync(409, "category_cycle");
        Assert.Equal(top, await server.ScalarAsync<long>("select parent_id from shop.categories where id = $1", child));

        var deep = grandchild;
        for (var level = 4; level <= 8; level++)
            deep = await staff.MakeCategoryAsync($"Level {level}", deep);
        await staff.PostAsJsonAsync("/api/categories/", new { name = "Level 9", parent = deep }).RefusedAsync(409, "category_too_deep");
        var other = await staff.MakeCategoryAsync("Other");
        await staff.PatchAsJsonAsync($"/api/categories/{top}/", new { parent = other }).RefusedAsync(409, "category_too_deep");
        await staff.PatchAsync($"/api/categories/{child}/", new { parent = other });
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from shop.categories where name = 'Level 9'"));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task Only_an_empty_category_goes()
    {
        using var staff = await server.SignInStaffAsync();
        var top = await staff.MakeCategoryAsync("Choylar");
        var child = await staff.MakeCategoryAsync("Koʻk choy", top);
        var product = await staff.MakeProductAsync("Choy 95", child);
        await staff.DeleteAsync($"/api/categories/{top}/").RefusedAsync(409, "category_not_empty");
        await staff.DeleteAsync($"/api/categories/{child}/").RefusedAsync(409, "category_not_empty");
        Assert.Equal(204, (int)(await staff.DeleteAsync($"/api/products/{product}/")).StatusCode);

        Assert.Equal(204, (int)(await staff.DeleteAsync($"/api/categories/{child}/")).StatusCode);
        Assert.Equal(204, (int)(await staff.DeleteAsync($"/api/categories/{top}/")).StatusCode);
        // It stays for the orders that name it.
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from shop.products where id = $1 and category_id is null and deleted_at is not null", product));
    }

    [Fact]
    public async Task What_is_wrong_is_named()
    {
        using var staff = await server.SignInStaffAsync();
        var count = await server.ScalarAsync<long>("select count(*) from shop.categories");
        await staff.PostAsJsonAsync("/api/categories/", new { }).InvalidAsync("name");
        await staff.PostAsJsonAsync("/api/categories/", new { name = " ", slug = "Not a slug", position = -1 }).InvalidAsync("position", "name", "slug");
        await staff.PostAsJsonAsync("/api/categories/", new { name = new string('x', 256), slug = "a--b" }).InvalidAsync("name", "slug");
        await staff.PostAsJsonAsync("/api/categories/", new { name = "Two\nlines" }).InvalidAsync("name");
        await staff.PostAsJsonAsync("/api/categories/", new { name = "Orphan", parent = 999_999 }).InvalidAsync("parent");
        await staff.PostAsJsonAsync("/api/categories/", new { name = "Orphan", parent = "x" }).InvalidAsync("parent");
        await staff.PatchAsJsonAsync("/api/categories/999999/", new { name = "x" }).RefusedAsync(404, "category_not_found");
        Assert.Equal(count, await server.ScalarAsync<long>("select count(*) from shop.categories"));

        var id = await staff.MakeCategoryAsync("Chosen");
        await staff.PatchAsync($"/api/categories/{id}/", new { slug = "chosen-by-hand" });
        await staff.PostAsJsonAsync("/api/categories/", new { name = "x", slug = "chosen-by-hand" }).RefusedAsync(409, "slug_taken");
        await staff.PatchAsJsonAsync($"/api/categories/{id}/", new { name = "" }).InvalidAsync("name");
    }

    [Fact]
    public async Task Two_moves_at_once_never_close_a_circle()
    {
        using var staff = await server.SignInStaffAsync();
        for (var round = 0; round < 15; round++)
        {
            var (a, b) = (await staff.MakeCategoryAsync("A"), await staff.MakeCategoryAsync("B"));
            var answers = await Task.WhenAll(staff.PatchAsJsonAsync($"/api/categories/{a}/", new { parent = b }), staff.PatchAsJsonAsync($"/api/categories/{b}/", new { parent = a }));
            Assert.Equal([200, 409], answers.Select(answer => (int)answer.StatusCode).Order());
        }

        await server.VerifyAsync();
    }

    [Fact]
    public async Task Without_the_lock_they_would()
    {
        using var staff = await server.SignInStaffAsync();
        var (a, b) = (await staff.MakeCategoryAsync("A"), await staff.MakeCategoryAsync("B"));
        // What two moves would write that have both looked before either wrote.
        await server.ExecuteAsync("update shop.categories set parent_id = case id when $1 then $2 else $1 end where id in ($1, $2)", a, b);

        Assert.Equal(2, (await server.FindDriftsAsync()).Count(drift => drift.Contains("hangs on no top of the tree", StringComparison.Ordinal)));
        await server.ExecuteAsync("update shop.categories set parent_id = null where id in ($1, $2)", a, b);
    }
}
