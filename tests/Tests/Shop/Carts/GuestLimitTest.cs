using Maydon.Kernel.Settings;
using Maydon.Tests.Support;

namespace Maydon.Tests.Shop.Carts;

/// <summary>How much those leave behind whom nobody knows.</summary>
public sealed class GuestLimitTest(TestPostgres postgres)
{
    private static readonly Rate s_few = new(4, TimeSpan.FromHours(1));

    [Fact]
    public async Task An_address_makes_so_many_guests_an_hour_and_those_it_has_go_on()
    {
        await using var server = new TestServer(postgres);
        await server.StartAsync(settings => settings with { Throttles = settings.Throttles with { Guests = s_few } });
        var thing = await server.AddVariantAsync(stock: 50);
        var guests = Enumerable.Range(0, 4).Select(_ => server.CreateBrowser()).ToList();
        // What is refused makes nobody known.
        Assert.Equal("409 out_of_stock", (await guests[0].AddAsync(thing, 51)).ToString());
        foreach (var guest in guests)
            Assert.Equal(200, (await guest.AddAsync(thing)).Status);

        using var another = server.CreateBrowser();
        var refused = await another.AddAsync(thing);
        Assert.Equal((429, "throttled", 0), (refused.Status, refused.Code, refused.Cookies.Count));
        Assert.Equal(4L, await server.ScalarAsync<long>("select count(*) from shop.carts"));
        Assert.Equal($"{thing.Id}×2", (await guests[3].AddAsync(thing)).Lines);
        using var person = server.CreateBrowser(await server.CreateUserAsync());
        Assert.Equal(200, (await person.AddAsync(thing)).Status);
        Assert.Equal(200, (await another.GetCartAsync()).Status);
        server.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(200, (await another.AddAsync(thing)).Status);
    }

    [Fact]
    public async Task The_guests_of_an_address_have_so_many_keys_an_hour()
    {
        await using var server = new TestServer(postgres);
        await server.StartAsync(settings => settings with { Throttles = settings.Throttles with { GuestKeys = s_few } });
        var thing = await server.AddVariantAsync(stock: 50);
        using var one = server.CreateBrowser();
        using var other = server.CreateBrowser();
        await one.AddAsync(thing);
        await other.AddAsync(thing);
        for (var n = 0; n < 4; n++)
            Assert.Equal(200, (await one.AddAsync(thing, key: $"key {n}")).Status);

        Assert.Equal("429 throttled", (await one.AddAsync(thing, key: "key 4")).ToString());
        Assert.Equal("429 throttled", (await other.AddAsync(thing, key: "key 4")).ToString());
        Assert.Equal(4L, await server.ScalarAsync<long>("select count(*) from kernel.idempotency_keys"));
        Assert.Equal($"{thing.Id}×6", (await one.AddAsync(thing)).Lines);
        using var person = server.CreateBrowser(await server.CreateUserAsync());
        Assert.Equal(200, (await person.AddAsync(thing, key: "key 4")).Status);
        server.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(200, (await other.AddAsync(thing, key: "key 4")).Status);
    }
}
