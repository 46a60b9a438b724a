using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Catalog;

/// <summary>Everything in the schema <c>catalog</c>, and the people it speaks of. Each feature maps its own entities.</summary>
internal sealed class CatalogDbContext(DbContextOptions<CatalogDbContext> options, DbSession session) : ModuleDbContext(options, session)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema("catalog");
        modelBuilder.MapPeople();
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(CatalogDbContext).Assembly);
        base.OnModelCreating(modelBuilder);
    }
}
