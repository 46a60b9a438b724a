using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Events;

/// <summary>Everything in the schema <c>events</c>, and the people it speaks of. Each feature maps its own entities.</summary>
internal sealed class EventsDbContext(DbContextOptions<EventsDbContext> options, DbSession session) : ModuleDbContext(options, session)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema("events");
        modelBuilder.MapPeople();
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(EventsDbContext).Assembly);
        base.OnModelCreating(modelBuilder);
    }
}
