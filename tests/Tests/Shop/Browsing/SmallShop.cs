using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Browsing;

/// <summary>Five products that are shown, four that are not for four different reasons, and variants that are not shown.</summary>
public sealed class SmallShop(TestPostgres postgres) : IAsyncLifetime
{
    public TestServer Server { get; } = new(postgres);
    public HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Server.StartAsync();
        Client = Server.CreateClient();
        var electronics = await Server.AddCategoryAsync("Elektronika", "elektronika", position: 1);
        var phones = await Server.AddCategoryAsync("Telefonlar", "telefonlar", electronics);
        var smart = await Server.AddCategoryAsync("Smartfonlar", "smartfonlar", phones);
        var clothes = await Server.AddCategoryAsync("Kiyimlar", "kiyimlar", position: 2);
        var hidden = await Server.AddCategoryAsync("Yashirin", "yashirin", active: false, position: 3);
        var below = await Server.AddCategoryAsync("Ichkarida", "ichkarida", hidden);

        var iphone = await Server.AddProductAsync(phones, "iPhone 15 Pro", "iphone", "Titan korpus, 48 MP kamera. Қора ва оқ ранглар.", stars: [4, 5]);
        await Server.AddShownVariantAsync(iphone, "IPH15-PRO-256-BLK", 1200, 3, "Color=Black;Memory=256 GB", before: 1300);
        await Server.AddShownVariantAsync(iphone, "IPH15-PRO-512-RED", 1500, 0, "Color=Red;Memory=512 GB");
        var galaxy = await Server.AddProductAsync(smart, "Samsung Galaxy A54", "galaxy", "Super AMOLED ekran, iPhone oʻrniga", stars: [3]);
        await Server.AddShownVariantAsync(galaxy, "SGA54-128", 400, 5, "Color=Black;Memory=128 GB");
        await Server.AddShownVariantAsync(galaxy, "SGA54-256", 500, 5, "Color=Red;Memory=256 GB");
        await Server.AddShownVariantAsync(galaxy, "SGA54-CHEAP", 1, 5, "Color=Green", active: false);
        await Server.AddShownVariantAsync(galaxy, "SGA54-GONE", 2, 5, "Color=Blue");
        await Server.ExecuteAsync("update shop.variants set deleted_at = now() where sku = 'SGA54-GONE'");
        var cap = await Server.AddProductAsync(clothes, "Ўзбек дўпписи", "doppi", "Чуст усталаридан");
        await Server.AddShownVariantAsync(cap, "DOPPI-M", 50, 0, "Size=M;Color=Black");
        var coat = await Server.AddProductAsync(clothes, "Oʻzbek choponi", "chopon", "Qoʻlda tikilgan, M va L oʻlchamlar", stars: [5]);
        await Server.AddShownVariantAsync(coat, "CHOPON-L", 300.50m, 2, "Size=L;Color=Red");
        await Server.AddShownVariantAsync(coat, "CHOPON-M", 310, 0, "Size=M;Color=Red");
        await Server.AddProductAsync(electronics, "Televizor", "televizor", "Hali narxi yoʻq");

        await AddHiddenAsync(await Server.AddProductAsync(phones, "iPhone maxfiy", "maxfiy", active: false));
        var deleted = await Server.AddProductAsync(phones, "iPhone eski", "eski");
        await AddHiddenAsync(deleted);
        await Server.ExecuteAsync("update shop.products set deleted_at = now() where id = $1", deleted);
        await AddHiddenAsync(await Server.AddProductAsync(hidden, "iPhone yashirin", "yashirin-iphone"));
        await AddHiddenAsync(await Server.AddProductAsync(below, "iPhone ichkarida", "ichkarida-iphone"));
        Server.Forget();
    }

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        return Server.DisposeAsync();
    }

    private Task<long> AddHiddenAsync(long product) => Server.AddShownVariantAsync(product, $"HIDDEN-{product}", 777, 7, "Color=Invisible");
}
