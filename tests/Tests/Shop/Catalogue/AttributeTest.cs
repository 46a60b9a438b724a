using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Tests.Events;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Catalogue;

public sealed class AttributeTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Staff_write_attributes_and_anyone_reads_them()
    {
        using var staff = await server.SignInStaffAsync();
        using var nobody = server.CreateClient();
        var made = await staff.MakeAsync("/api/attributes/", new { name = " Oʻlcham  (EU) ", values = new[] { "S", " M ", "m", "L" } });
        var id = (long)made["id"]!;
        Assert.Equal(("Oʻlcham (EU)", "S M L"), ((string)made["name"]!, Values(made)));

        Assert.Equal("Oʻlcham|S M L", Show(await staff.PatchAsync($"/api/attributes/{id}/", new { name = "Oʻlcham" })));
        Assert.Equal("Oʻlcham|s L XL", Show(await staff.PatchAsync($"/api/attributes/{id}/", new { values = new[] { "XL", "s", "L" } })));
        using var replaced = await staff.PutAsJsonAsync($"/api/attributes/{id}/", new { name = "Razmer" });
        Assert.Equal("Razmer|", Show(await replaced.ReadAsync()));
        Assert.Equal("Razmer|", Show(await nobody.GetJsonAsync($"/api/attributes/{id}/")));
        Assert.Equal(["Razmer"], (await nobody.GetJsonAsync("/api/attributes/"))["results"]!.AsArray().Select(item => (string)item!["name"]!).Where(name => name.StartsWith("Raz", StringComparison.Ordinal)));
        await nobody.GetAsync("/api/attributes/?page=99").RefusedAsync(404, "invalid_page");

        Assert.Equal(204, (int)(await staff.DeleteAsync($"/api/attributes/{id}/")).StatusCode);
        await nobody.GetAsync($"/api/attributes/{id}/").RefusedAsync(404, "attribute_not_found");
        await staff.DeleteAsync($"/api/attributes/{id}/").RefusedAsync(404, "attribute_not_found");
    }

    [Fact]
    public async Task What_a_variant_has_stays()
    {
        using var staff = await server.SignInStaffAsync();
        var variant = await staff.MakeVariantAsync(attributes: new JsonObject { ["Xotira"] = "128 GB" });
        var id = await server.ScalarAsync<long>("select id from shop.attributes where name = 'Xotira'");
        await staff.DeleteAsync($"/api/attributes/{id}/").RefusedAsync(409, "attribute_in_use");
        await staff.PatchAsJsonAsync($"/api/attributes/{id}/", new { values = new[] { "256 GB" } }).RefusedAsync(409, "attribute_in_use");
        await staff.PutAsJsonAsync($"/api/attributes/{id}/", new { name = "Xotira" }).RefusedAsync(409, "attribute_in_use");
        Assert.Equal("Xotira|128 GB", Show(await staff.GetJsonAsync($"/api/attributes/{id}/")));

        // Spelt otherwise it is the same value, and the variant has it.
        await staff.PatchAsync($"/api/attributes/{id}/", new { values = new[] { "128 gb", "256 GB" } });
        Assert.Equal("128 gb", (string)(await staff.GetJsonAsync($"/api/variants/{variant}/"))["attributes"]![0]!["value"]!);
        Assert.Equal(204, (int)(await staff.DeleteAsync($"/api/variants/{variant}/")).StatusCode);
        Assert.Equal(204, (int)(await staff.DeleteAsync($"/api/attributes/{id}/")).StatusCode);
        await server.VerifyAsync();
    }

    [Fact]
    public async Task What_is_wrong_is_named()
    {
        using var staff = await server.SignInStaffAsync();
        await staff.PostAsJsonAsync("/api/attributes/", new { }).InvalidAsync("name");
        await staff.PostAsJsonAsync("/api/attributes/", new { name = "x", values = new[] { "" } }).InvalidAsync("values");
        await staff.PostAsJsonAsync("/api/attributes/", new { name = "x", values = new[] { (string?)null } }).InvalidAsync("values");
        await staff.PostAsJsonAsync("/api/attributes/", new { name = new string('x', 101), values = new[] { new string('x', 101) } }).InvalidAsync("name", "values");
        await staff.PostAsJsonAsync("/api/attributes/", new { name = "x", values = Enumerable.Range(0, 501).Select(n => $"{n}") }).InvalidAsync("values");
        await staff.MakeAsync("/api/attributes/", new { name = "Ranglar" });
        await staff.PostAsJsonAsync("/api/attributes/", new { name = "RANGLAR" }).RefusedAsync(409, "attribute_taken");
        var other = (long)(await staff.MakeAsync("/api/attributes/", new { name = "Rangsiz" }))["id"]!;
        await staff.PatchAsJsonAsync($"/api/attributes/{other}/", new { name = "ranglar" }).RefusedAsync(409, "attribute_taken");
        await staff.PatchAsJsonAsync($"/api/attributes/{other}/", new { name = "" }).InvalidAsync("name");
        await staff.PatchAsJsonAsync("/api/attributes/999999/", new { name = "x" }).RefusedAsync(404, "attribute_not_found");
    }

    [Fact]
    public async Task One_name_twenty_times_at_once_is_one_attribute()
    {
        using var staff = await server.SignInStaffAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => staff.PostAnswerAsync("/api/attributes/", new { name = n % 2 == 0 ? "Yagona" : "YAGONA", values = new[] { "a" } })));
        Assert.Equal(new Dictionary<string, int> { ["201 "] = 1, ["409 attribute_taken"] = 19 }, answers.Tally());
        Assert.Equal(1L, await server.ScalarAsync<long>("select count(*) from shop.attributes a join shop.attribute_values v on v.attribute_id = a.id where lower(a.name) = 'yagona'"));
    }

    private static string Show(JsonNode attribute) => $"{attribute["name"]}|{Values(attribute)}";

    private static string Values(JsonNode attribute) => string.Join(' ', attribute["values"]!.AsArray());
}
