using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Browsing;

internal sealed record MixedVariant(decimal Price, int Stock, bool Active, IReadOnlyDictionary<string, string> Values);

internal sealed record MixedProduct(string Slug, string Category, int Stars, IReadOnlyList<MixedVariant> Variants);

/// <summary>Sixty products in six categories with up to five variants each, known here as they are in the database: what is counted there can be counted here.</summary>
public sealed class MixedShop(TestPostgres postgres) : IAsyncLifetime
{
    /// <summary>Category → the one above.</summary>
    internal static readonly Dictionary<string, string?> Parents = new()
    {
        ["root-a"] = null, ["a-one"] = "root-a", ["a-two"] = "root-a", ["a-deep"] = "a-two", ["root-b"] = null, ["b-one"] = "root-b",
    };

    private static readonly (string Name, string[] Values)[] s_attributes = [("Color", ["Red", "Blue", "Green", "Black"]), ("Memory", ["64 GB", "128 GB"]), ("Size", ["S", "M", "L"])];

    public TestServer Server { get; } = new(postgres);
    public HttpClient Client { get; private set; } = null!;
    internal List<MixedProduct> Products { get; } = [];

    public async ValueTask InitializeAsync()
    {
        await Server.StartAsync();
        Client = Server.CreateClient();
        var ids = new Dictionary<string, long>();
        foreach (var (slug, parent) in Parents)
            ids[slug] = await Server.AddCategoryAsync(slug, slug, parent is null ? null : ids[parent]);
        for (var n = 0; n < 60; n++)
            Products.Add(await AddAsync(n, ids));
        Server.Forget();
    }

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        return Server.DisposeAsync();
    }

    internal static bool IsIn(string category, string wanted) => category == wanted || (Parents[category] is { } parent && IsIn(parent, wanted));

    private async Task<MixedProduct> AddAsync(int n, Dictionary<string, long> categories)
    {
        var category = Parents.Keys.ElementAt(Dice(n, 0, Parents.Count));
        var stars = Dice(n, 1, 6);
        var slug = $"mixed-{n}";
        var id = await Server.AddProductAsync(categories[category], $"Mixed {n} {(n % 7 == 0 ? "Alpha" : "Beta")}", slug, stars: stars == 0 ? [] : [stars]);
        var variants = new List<MixedVariant>();
        for (var v = 0; v < Dice(n, 2, 6); v++)
        {
            // Not all attributes, and no combination twice.
            var values = s_attributes.Where((_, place) => Dice(n, v, place, 4) > 0).ToDictionary(attribute => attribute.Name, attribute => attribute.Values[Dice(n, v, attribute.Name.Length, attribute.Values.Length)]);
            if (variants.Exists(other => other.Values.OrderBy(pair => pair.Key).SequenceEqual(values.OrderBy(pair => pair.Key))))
                continue;
            var variant = new MixedVariant(10 * (1 + Dice(n, v, 7, 50)), Dice(n, v, 8, 3), Dice(n, v, 9, 5) > 0, values);
            await Server.AddShownVariantAsync(id, $"MX-{n}-{v}", variant.Price, variant.Stock, string.Join(';', values.Select(pair => $"{pair.Key}={pair.Value}")), variant.Active);
            variants.Add(variant);
        }

        return new MixedProduct(slug, category, stars, variants);
    }

    /// <summary>The same in every run.</summary>
    private static int Dice(int seed, int turn, int sides) => Dice(seed, turn, 0, sides);

    private static int Dice(int seed, int turn, int place, int sides)
    {
        var mixed = unchecked(((uint)seed * 2654435761u) ^ ((uint)turn * 2246822519u) ^ ((uint)place * 3266489917u));
        mixed = unchecked((mixed ^ (mixed >> 15)) * 2246822519u);
        mixed = unchecked((mixed ^ (mixed >> 13)) * 3266489917u);
        return (int)((mixed ^ (mixed >> 16)) % (uint)sides);
    }
}
