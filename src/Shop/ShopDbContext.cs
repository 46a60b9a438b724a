using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Shop;

/// <summary>Everything in the schema <c>shop</c>, and the people it speaks of. Each feature maps its own entities.</summary>
internal sealed class ShopDbContext(DbContextOptions<ShopDbContext> options, DbSession session) : ModuleDbContext(options, session)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema("shop");
        modelBuilder.MapPeople();
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ShopDbContext).Assembly);
        base.OnModelCreating(modelBuilder);
    }
}
