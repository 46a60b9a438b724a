using System.Globalization;
using System.Security.Cryptography;
using Maydon.Tests.Catalog;
using Maydon.Tests.Catalog.Images;
using Maydon.Tests.Shop;
using Maydon.Tests.Support;

namespace Maydon.Tests.Fuzz;

/// <summary>Something to buy for every operation of the shop to find, and something to manage for those of the rights.</summary>
internal sealed record FuzzGoods(long Category, long Product, long Variant, long Attribute, long Review, long Group, long ApiKey, long Webhook, long? User)
{
    public static async Task<FuzzGoods> AddAsync(TestServer server, TestAccount? reviewer)
    {
        var variant = await server.AddVariantAsync(stock: 50);
        var product = await server.ScalarAsync<long>("select product_id from shop.variants where id = $1", variant);
        var review = reviewer is null ? 0 : await server.ScalarAsync<long>(
            """
            with review as (
                insert into shop.reviews (product_id, user_id, rating, verified_purchase, created_at, updated_at) values ($1, $2, 5, false, now(), now()) returning id
            ), stars as (
                update shop.products set rating_total = 5, rating_count = 1 where id = $1
            )
            select id from review
            """,
            product, reviewer.Id);
        return new FuzzGoods(
            await server.ScalarAsync<long>("select category_id from shop.products where id = $1", product),
            product,
            variant,
            await server.ScalarAsync<long>("select attribute_id from shop.variant_values where variant_id = $1", variant),
            review,
            await server.ScalarAsync<long>("insert into identity.groups (name) values (gen_random_uuid()::text) returning id"),
            await server.ScalarAsync<long>("""
                insert into identity.api_keys (user_id, name, prefix, hash, scopes, created_at)
                select max(id), gen_random_uuid()::text, 'maydon_fuzz', sha256(gen_random_uuid()::text::bytea), '{shed.view_thing}', now() from identity.users returning id
                """),
            await server.ScalarAsync<long>("""
                with others as (
                    -- There are not many of them, and each operation shall be able to make one.
                    delete from catalog.webhooks
                ), webhook as (
                    insert into catalog.webhooks (id, list, url, secret, began_after, told, created_at) overriding system value
                    select nextval(pg_get_serial_sequence('catalog.webhooks', 'id')) + 1000000, 'project', 'http://localhost:9/' || gen_random_uuid(), '\x00', 0, 0, now() returning id
                ), delivery as (
                    insert into catalog.webhook_deliveries (id, webhook_id, event, state, created_at, ended_at) overriding system value
                    select id, id, 'ping', 'delivered', now(), now() from webhook
                )
                select id from webhook
                """),
            reviewer?.Id);
    }

    /// <summary>A record in each list of the catalogue under the code that its path will have.</summary>
    public static async Task AddRecordsAsync(TestServer server, string code)
    {
        foreach (var table in new[] { "projects", "clients", "items" })
            await server.ExecuteAsync($"insert into catalog.{table} (code, name, created_at, updated_at) values ($1, 'Fuzz', now(), now())", code);
    }

    /// <summary>An image of the record in the list whose images stand at this path; 0 elsewhere.</summary>
    public static async Task<long> AddImageAsync(TestServer server, string path, string code)
    {
        if (path.Split('/') is not [_, "api", "v1", var name, "{id}", ..] || !name.EndsWith("-image", StringComparison.Ordinal))
            return 0;
        using var keeper = await server.SignInKeeperAsync();
        return (long)(await keeper.AddImageAsync(name[..^"-image".Length], code, Pictures.Png()))["id"]!;
    }

    /// <summary>Where the path is that of one image.</summary>
    public long Image { get; init; }

    /// <summary>What stands at this path; null where it is none of these.</summary>
    public long? IdFor(string path) => path.Split('/') switch
    {
        [_, "api", "categories", ..] => Category,
        [_, "api", "products", ..] => Product,
        [_, "api", "variants", ..] => Variant,
        [_, "api", "attributes", ..] => Attribute,
        [_, "api", "reviews", ..] => Review,
        [_, "api", "v1", _, "{id}", ..] when Image != 0 => Image,
        [_, "api", "admin", "groups", ..] => Group,
        [_, "api", "admin", "api-keys", ..] => ApiKey,
        [_, "api", "v1", "webhooks", ..] => Webhook,
        _ => null,
    };

    /// <summary>As JSON; null for fields that are of none of these.</summary>
    public string? Valid(string field) => field switch
    {
        "category" => Category.ToString(CultureInfo.InvariantCulture),
        "product" => Product.ToString(CultureInfo.InvariantCulture),
        "variant_id" => Variant.ToString(CultureInfo.InvariantCulture),
        "parent" or "stock" or "scopes" or "expires_at" => "null",
        "user_id" when User is { } user => user.ToString(CultureInfo.InvariantCulture),
        "compare_at_price" => "\"99.99\"",
        "code_1c" or "client_code_1c" => $"\"fuzz {RandomNumberGenerator.GetHexString(12)}\"",
        "project" => "null",
        "url" => "\"http://localhost:9/\"",
        _ => null,
    };
}
