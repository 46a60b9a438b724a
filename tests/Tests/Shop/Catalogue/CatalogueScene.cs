using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Maydon.Tests.Events;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Catalogue;

/// <summary>Staff who fill a catalogue through the API.</summary>
internal static class CatalogueScene
{
    public static Task<HttpClient> SignInStaffAsync(this TestServer server) => server.SignInAsync("staff");

    /// <summary>201 with this body; returns it.</summary>
    public static async Task<JsonNode> MakeAsync(this HttpClient staff, string path, object body)
    {
        using var answer = await staff.PostAsJsonAsync(path, body);
        var made = await answer.ReadAsync();
        Assert.True((int)answer.StatusCode == 201, made.ToJsonString());
        return made;
    }

    public static async Task<long> MakeCategoryAsync(this HttpClient staff, string name = "Telefonlar", long? parent = null) =>
        (long)(await staff.MakeAsync("/api/categories/", new { name, parent }))["id"]!;

    public static async Task<long> MakeProductAsync(this HttpClient staff, string name = "Choynak", long? category = null) =>
        (long)(await staff.MakeAsync("/api/products/", new { name, description = "", category = category ?? await staff.MakeCategoryAsync() }))["id"]!;

    /// <summary>A variant of a product of its own, unless one is named.</summary>
    public static async Task<long> MakeVariantAsync(this HttpClient staff, int stock = 0, long? product = null, object? attributes = null) =>
        (long)(await staff.MakeAsync("/api/variants/", new { product = product ?? await staff.MakeProductAsync(), sku = NewSku(), price = "100000.00", currency = "UZS", stock, attributes }))["id"]!;

    public static string NewSku() => $"SKU-{System.Security.Cryptography.RandomNumberGenerator.GetHexString(12)}";

    public static async Task<JsonNode> PatchAsync(this HttpClient client, string path, object body)
    {
        using var answer = await client.PatchAsJsonAsync(path, body);
        var changed = await answer.ReadAsync();
        Assert.True((int)answer.StatusCode == 200, changed.ToJsonString());
        return changed;
    }

    public static Task<Answer> MoveAsync(this HttpClient staff, long variant, int quantity, string reason = "received", string? note = null) =>
        staff.PostAnswerAsync($"/api/variants/{variant}/movements/", new { quantity, reason, note });
}
