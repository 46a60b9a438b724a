using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Shop.Demo;

/// <summary>Goods of the demo on the shelf: they can be ordered, and nobody can send them.</summary>
internal sealed class DemoGoodsCheck(NpgsqlDataSource database) : ICheck
{
    public string Code => "shop.demo-goods";
    public Severity Severity => Severity.Warning;
    public bool ForDeployment => true;

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""select exists (select from shop.variants where lower(sku collate "und-x-icu") = lower($1) and deleted_at is null)""");
        command.Parameters.Add(new() { Value = DemoShop.FirstSku });
        return await command.ExecuteScalarAsync(cancellationToken) is true
            ? CheckResult.Failed(
                "Goods of the demo are on the shelf: people can order what nobody can send.",
                "Start with a new database: DATABASE_URL, or another DATA_DIR. It gets no demo data with DEBUG=False.")
            : CheckResult.Passed("There are no goods of the demo.");
    }
}
