using System.Globalization;
using System.Text.RegularExpressions;
using Maydon.Kernel.Caching;
using Maydon.Tests.Events;
using Maydon.Tests.Support;
using Npgsql;

namespace Maydon.Tests.Shop.Browsing;

/// <summary>Ten thousand products with thirty thousand variants.</summary>
public sealed class ManyProducts(TestPostgres postgres) : IAsyncLifetime
{
    public TestServer Server { get; } = new(postgres);

    public async ValueTask InitializeAsync()
    {
        await Server.StartAsync();
        await Server.ExecuteAsync("insert into shop.categories (name, slug, created_at) select 'Category ' || n, 'c' || n, now() from generate_series(1, 20) n");
        await Server.ExecuteAsync("insert into shop.attributes (name) values ('Color'), ('Size')");
        await Server.ExecuteAsync("insert into shop.attribute_values (attribute_id, value) select 1 + n / 10, 'Value ' || n from generate_series(0, 19) n");
        await Server.ExecuteAsync("""
            insert into shop.products (name, slug, description, category_id, created_at, updated_at, rating_total, rating_count)
            select (array['Choynak', 'Krossovka', 'Telefon'])[1 + n % 3] || ' ' || n, 'p' || n, "left"(translate(md5(n::text), '0123456789', 'ghijklmnop'), 8) || case when n % 1000 = 7 then ' kamyob' else '' end,
                1 + n % 20, now() - n * interval '1 minute', now(), n % 5 * 3, n % 5
            from generate_series(1, 10000) n
            """);
        await Server.ExecuteAsync("""
            insert into shop.variants (product_id, sku, price, currency, value_ids, created_at, updated_at)
            select 1 + n / 3, 'M-' || n, 1 + n * 7919 % 5000, 'UZS', array[1 + n % 10, 11 + n * 31 % 10], now(), now() from generate_series(0, 29999) n
            """);
        await Server.ExecuteAsync("insert into inventory.pools (kind, subject_id, capacity, taken) select 'variant', id, 20, id % 21 from shop.variants");
        foreach (var table in new[] { "shop.listings", "shop.product_words", "shop.products", "shop.variants", "shop.vocabulary", "inventory.pools" })
            await Server.ExecuteAsync($"vacuum analyze {table}");
        Server.Forget();
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>Lists do as much work for many products as for few.</summary>
public sealed partial class ManyProductsTest(ManyProducts shop) : IClassFixture<ManyProducts>
{
    private const string Waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

    [Theory]
    [InlineData("", 7)]
    [InlineData("ordering=-price&category=c3,c4", 7)]
    [InlineData("search=krosovka", 8)]
    [InlineData("attr.Color=Value 3&attr.Size=Value 13&in_stock=true", 7)]
    [InlineData("min_price=100&max_price=3000&facets=true", 10)]
    public async Task A_list_of_one_and_a_list_of_a_hundred_ask_as_often(string query, int most)
    {
        using var reader = shop.Server.CreateClient();
        var counts = new List<int>();
        foreach (var size in new[] { 1, 100 })
        {
            shop.Server.Forget();
            using var statements = new SqlStatements(shop.Server);
            Assert.Equal(size, (await reader.SlugsAsync($"{query}{(query.Length > 0 ? "&" : "")}page_size={size}")).Count);
            counts.Add(statements.Texts.Count);
        }

        Assert.Equal(counts[0], counts[1]);
        Assert.InRange(counts[0], 3, most);
    }

    [Fact]
    public async Task A_list_that_is_known_asks_nothing()
    {
        using var reader = shop.Server.CreateClient();
        await reader.SlugsAsync("search=telefno&facets=true");

        using var statements = new SqlStatements(shop.Server);
        await reader.SlugsAsync("search=telefno&facets=true");

        Assert.Empty(statements.Texts);
    }

    [Fact]
    public async Task Stock_that_changes_is_all_that_is_read_again()
    {
        using var reader = shop.Server.CreateClient();
        await reader.SlugsAsync("search=telefon&ordering=name");
        await shop.Server.App.Services.GetRequiredService<Maydon.Shop.Stock.StockChanges>().TellNowAsync([.. Enumerable.Range(1, 10000).Select(id => (long)id)]);

        using var statements = new SqlStatements(shop.Server);
        await reader.SlugsAsync("search=telefon&ordering=name");

        Assert.Contains("s.capacity - s.taken", Assert.Single(statements.Texts), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("page=3")]
    [InlineData("ordering=created_at")]
    [InlineData("ordering=name")]
    [InlineData("ordering=-name")]
    [InlineData("ordering=price")]
    [InlineData("ordering=-price")]
    [InlineData("ordering=rating")]
    [InlineData("ordering=-rating")]
    public async Task No_plain_page_reads_or_sorts_the_whole_table(string query)
    {
        shop.Server.Forget();
        using var statements = new SqlStatements(shop.Server);
        using var reader = shop.Server.CreateClient();
        Assert.Equal(20, (await reader.SlugsAsync(query)).Count);
        var sql = Assert.Single(statements.Texts, text => text.Contains("select array(", StringComparison.Ordinal));

        var plan = await ExplainAsync(sql, query == "page=3" ? 40L : 0L, 20L);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
        Assert.All(Rows().Matches(plan), match => Assert.InRange(int.Parse(match.Groups["rows"].Value, CultureInfo.InvariantCulture), 0, 60));
    }

    [Theory]
    [InlineData("select word from shop.vocabulary v where shop.traces(v.word) && shop.traces('krosovka')", "vocabulary_traces")]
    [InlineData("select from shop.vocabulary v where \"left\"(v.word, 1) = 'k' and char_length(v.word) between 6 and 10", "vocabulary_length")]
    [InlineData("select v.product_id from shop.variants v where v.is_active and v.deleted_at is null and shop.bare(v.sku) collate \"C\" = 'm500'", "variants_bare_sku")]
    [InlineData("select product_id from shop.product_words where document @@ '''kamyob'':*'::tsquery", "product_words_document")]
    [InlineData("select v.product_id from shop.variants v where v.is_active and v.deleted_at is null and v.price >= 10 and v.price <= 20", "variants_price")]
    [InlineData("select from shop.variants v where v.is_active and v.deleted_at is null and v.value_ids && '{1}' and v.value_ids && '{11}'", "variants_values")]
    public async Task What_a_search_looks_up_has_its_index(string sql, string index) => Assert.Contains(index, await ExplainAsync(sql), StringComparison.Ordinal);

    [Fact]
    public async Task However_long_searches_take_they_keep_nobody_else_waiting()
    {
        using var reader = shop.Server.CreateClient();
        var newest = await reader.SlugsAsync("");
        List<Task<HttpResponseMessage>> searches;
        await using (var connection = await shop.Server.Database.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using (var command = new NpgsqlCommand("lock table shop.product_words, shop.variants", connection))
                await command.ExecuteNonQueryAsync();
            searches = [.. Enumerable.Range(0, SearchQueue.AtOnce + SearchQueue.Waiting).Select(n => reader.GetAsync($"/api/products/?{(n % 2 == 0 ? "search=kamyob" : "min_price=1&max_price=")}{n}"))];
            await shop.Server.EventuallyAsync(Waiting, SearchQueue.AtOnce);
            await reader.GetAsync("/api/products/?search=one%20more").RefusedAsync(503, "unavailable").WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal(SearchQueue.AtOnce, await shop.Server.ScalarAsync<long>(Waiting));
            Assert.Equal(newest, await reader.SlugsAsync(""));
        }

        foreach (var search in searches)
            Assert.Equal(200, (int)(await search).StatusCode);
    }

    [Fact]
    public async Task What_was_only_to_be_read_again_is_shown_as_it_was_where_there_is_no_place()
    {
        using var reader = shop.Server.CreateClient();
        var known = await reader.SlugsAsync("search=telefon");
        shop.Server.Clock.Advance(TimeSpan.FromSeconds(31));
        List<Task<HttpResponseMessage>> searches;
        await using (var connection = await shop.Server.Database.OpenConnectionAsync())
        await using (await connection.BeginTransactionAsync())
        {
            await using (var command = new NpgsqlCommand("lock table shop.product_words", connection))
                await command.ExecuteNonQueryAsync();
            searches = [.. Enumerable.Range(0, SearchQueue.AtOnce + SearchQueue.Waiting).Select(n => reader.GetAsync($"/api/products/?search=renewed{n}"))];
            await shop.Server.EventuallyAsync(Waiting, SearchQueue.AtOnce);
            await reader.GetAsync("/api/products/?search=one%20too%20many").RefusedAsync(503, "unavailable").WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal(known, await reader.SlugsAsync("search=telefon").WaitAsync(TimeSpan.FromSeconds(20)));
        }

        foreach (var search in searches)
            Assert.Equal(200, (int)(await search).StatusCode);
    }

    /// <summary>The plan as it ran.</summary>
    private async Task<string> ExplainAsync(string sql, params long[] values)
    {
        await using var connection = await shop.Server.Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"explain (analyze, timing off, costs off, summary off) {sql}", connection);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }

    [GeneratedRegex(@"actual rows=(?<rows>\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Rows();
}
