using Maydon.Running;
using Maydon.Tests.Events;
using Maydon.Tests.Registrations;
using Maydon.Tests.Support;

namespace Maydon.Tests.Catalog;

/// <summary>What <c>demo</c> makes of the catalogue, and what <c>verify</c> finds when it was tampered with.</summary>
public sealed class DemoCatalogTest(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_believable_catalogue_is_made_once_and_verify_sees_what_is_wrong()
    {
        var lines = await DemoLoader.LoadAsync(server.App.Services, CancellationToken.None);
        Assert.Contains("Demo catalogue     12 projects, 200 clients, 2000 items, a few of them changed since", lines);
        Assert.Contains("Demo images        of 24 items", lines);
        using var keeper = await server.SignInKeeperAsync();
        Assert.Equal(24, (int)(await keeper.GetJsonAsync("/api/v1/nomenklatura/?has_images=true"))["count"]!);
        foreach (var (list, count) in new[] { ("project", 12), ("client", 200), ("nomenklatura", 2000) })
            Assert.Equal(count, (int)(await keeper.GetJsonAsync($"/api/v1/{list}/"))["count"]!);
        foreach (var letters in new[] { "ʻ", "ы", "LED" })
            Assert.NotEqual(0, await server.ScalarAsync<long>("select count(*) from catalog.items where name ~ $1", letters));
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from catalog.items where created_at > now() or updated_at > now()"));
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from catalog.changes where way <> 'demo'"));
        await server.VerifyAsync();
        Assert.Empty(await DemoLoader.LoadAsync(server.App.Services, CancellationToken.None));

        // Past the triggers.
        await server.ExecuteAsync("""
            alter table catalog.items disable trigger all;
            update catalog.items set name = 'Tampered' where code = 'НФ-00000003';
            update catalog.items set is_deleted = true where code = 'НФ-00000004';
            alter table catalog.items enable trigger all;
            alter table catalog.changes disable trigger all;
            delete from catalog.changes where position = 5;
            alter table catalog.changes enable trigger all;
            """);
        var drifts = await server.FindDriftsAsync();
        Assert.Equal(3, drifts.Count(drift => drift.StartsWith("every record of the catalogue is what its changes make it: ", StringComparison.Ordinal)));
        Assert.Single(drifts, drift => drift.StartsWith("the changes of the catalogue are numbered without a gap: ", StringComparison.Ordinal));
        Assert.Single(drifts, drift => drift.StartsWith("every list of the catalogue is as long as it says: nomenklatura is said to have 2000", StringComparison.Ordinal));
    }
}
