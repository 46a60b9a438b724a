using Maydon.Identity.Accounts;
using Maydon.Identity.Sessions;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity;

internal sealed class IdentityDb(DbContextOptions<IdentityDb> options, DbSession session) : ModuleDbContext(options, session)
{
    public DbSet<User> Users => Set<User>();
    public DbSet<Session> Sessions => Set<Session>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<User>().ToTable("users", "identity");
        modelBuilder.Entity<Session>().ToTable("sessions", "identity");
        base.OnModelCreating(modelBuilder);
    }
}
