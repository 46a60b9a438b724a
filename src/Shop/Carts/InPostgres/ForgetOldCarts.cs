using Maydon.Kernel.Jobs;
using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Shop.Carts.InPostgres;

/// <summary>Deletes the carts in PostgreSQL that nobody has touched for a week; Redis forgets its own.</summary>
internal sealed class ForgetOldCarts(NpgsqlDataSource database, TimeProvider clock) : IScheduledJob
{
    private const string Sql = """
        delete from shop.carts where ctid = any (array(
            select ctid from shop.carts where expires_at <= $1 order by expires_at limit $2 for update skip locked))
        """;

    public Task RunAsync(CancellationToken cancellationToken) => database.DeleteInPortionsAsync(Sql, [clock.Now().UtcDateTime], cancellationToken);
}
