using Maydon.Kernel.Drawing;
using System.Globalization;
using Maydon.Kernel.Http;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Maydon.Kernel.Settings;
using Maydon.Shop.Browsing;
using Maydon.Shop.Catalogue.Categories;
using Maydon.Shop.Catalogue.Images;
using Maydon.Shop.Catalogue.Products;
using Maydon.Shop.Catalogue.Texts;
using Maydon.Shop.Catalogue.Variants;
using Maydon.Shop.Demo.Pictures;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Shop.Demo;

/// <summary>The demo's shop, made by the use cases that staff and buyers use, each at the time at which it would have happened, all in one transaction.</summary>
internal sealed class DemoShop(ShopDbContext db, DbSession session, ShopStamps stamps, DemoHistory history, MaydonSettings settings, TimeProvider clock) : IDemoData
{
    internal const string FirstSku = "MYD-001-01";

    public async Task<IReadOnlyList<string>> LoadAsync(CancellationToken cancellationToken)
    {
        if (await db.Set<Variant>().IgnoreQueryFilters().AnyAsync(variant => variant.Sku == FirstSku, cancellationToken))
            return [];
        var now = clock.Now();
        var products = DemoShelf.Products.ToList();
        var pictures = DemoPictures.Write(
            [.. products.Select(told => new DemoPicture(Transliteration.ToSlug(told.Name, 60), told.Motif, Colour.Of(told.Colour)))], settings, cancellationToken);

        await using var transaction = await session.BeginAsync(cancellationToken);
        var categories = await MakeCategoriesAsync(now.AddDays(-100), cancellationToken);
        var buyers = await db.Set<Person>().Where(person => person.Email!.EndsWith(DemoAddress.Ending) && !person.Email.StartsWith("facilitator")).OrderBy(person => person.Id)
            .Select(person => person.Id).ToListAsync(cancellationToken);
        var (variants, reviews) = (0, 0);
        foreach (var (place, told) in products.Index())
        {
            // Over a quarter of a year, not in the order of the shelf.
            var made = now.AddDays(-90 + (place * 29 % 80)).AddHours(-(place % 9)).AddMinutes(place * 7 % 60);
            var id = await MakeProductAsync(told, categories[told.Category], made, cancellationToken);
            db.Add(new ProductImage { ProductId = id, Path = pictures[place], Alt = told.Name, Position = 0 });
            variants += await MakeVariantsAsync(id, place, told, made, now, cancellationToken);
            reviews += await history.ReviewAsync(id, place, buyers, made, now, cancellationToken);
            // What is stored need not be compared with every later change.
            db.ChangeTracker.Clear();
        }

        await transaction.CommitAsync(cancellationToken);
        return [string.Create(CultureInfo.InvariantCulture, $"Demo shop          {products.Count} products in {variants} variants, with {reviews} reviews")];
    }

    private async Task<Dictionary<string, long>> MakeCategoriesAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        var write = new WriteCategory(db, session, stamps, new DemoClock(at));
        var ids = new Dictionary<string, long>();
        foreach (var (place, told) in DemoShelf.Categories.Index())
        {
            var (made, refusal) = await write.CreateAsync(
                new CategoryFields { Name = told.Name, Parent = told.Parent is { } parent ? ids[parent] : null, Position = place + 1 }, cancellationToken);
            ids.Add(told.Key, made?.Id ?? throw Refused(told.Name, refusal));
        }

        return ids;
    }

    private async Task<long> MakeProductAsync(DemoProduct told, long category, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var (made, refusal) = await new WriteProduct(db, session, stamps, new DemoClock(at)).CreateAsync(
            new ProductFields { Name = told.Name, Description = told.Description, Category = category }, cancellationToken);
        return made?.Id ?? throw Refused(told.Name, refusal);
    }

    private async Task<int> MakeVariantsAsync(long product, int place, DemoProduct told, DateTimeOffset at, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var create = new CreateVariant(db, session, stamps, settings, new DemoClock(at));
        var combinations = Combine(told.Choices).ToList();
        foreach (var (n, (attributes, extra)) in combinations.Index())
        {
            var price = told.Price + extra;
            var fields = new VariantFields
            {
                Product = product,
                Sku = string.Create(CultureInfo.InvariantCulture, $"MYD-{place + 1:000}-{n + 1:00}"),
                Price = price,
                // Every sixth product costs less than it did, in round thousands.
                CompareAtPrice = place % 6 == 2 ? (Math.Floor(price * 1.18m / 1_000) + 1) * 1_000 : null,
                Stock = StockOf(place, n),
                Attributes = attributes,
            };
            var (id, refusal) = await create.ExecuteAsync(fields, by: null, cancellationToken);
            if (refusal is not null)
                throw Refused(fields.Sku, refusal);
            if (fields.Stock > 0)
                await history.MoveAsync(id, place + n, at, now, cancellationToken);
        }

        return combinations.Count;
    }

    /// <summary>Every combination of the choices, with what it costs more.</summary>
    private static IEnumerable<(Dictionary<string, string> Attributes, decimal Extra)> Combine(DemoChoice[] choices) =>
        choices.Aggregate(
            (IEnumerable<(Dictionary<string, string> Attributes, decimal Extra)>)[([], 0m)],
            (made, choice) => made.SelectMany(known => choice.Values.Select(value =>
                (new Dictionary<string, string>(known.Attributes) { [choice.Attribute] = value.Value }, known.Extra + value.Extra))));

    /// <summary>Mostly plenty, sometimes a few, now and then none.</summary>
    private static int StockOf(int place, int n) => (((place * 13) + (n * 7)) % 11) switch
    {
        0 or 5 => 0,
        2 => 2,
        var much => 5 + (much * 4),
    };

    internal static InvalidOperationException Refused(string what, Problem? refusal) => new($"The demo's “{what}” was refused: {refusal?.Code}.");
}
