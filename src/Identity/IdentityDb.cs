using Maydon.Identity.Accounts;
using Maydon.Identity.ApiKeys;
using Maydon.Identity.Groups;
using Maydon.Identity.Sessions;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Identity;

internal sealed class IdentityDb(DbContextOptions<IdentityDb> options, DbSession session) : ModuleDbContext(options, session)
{
    public DbSet<User> Users => Set<User>();
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<Group> Groups => Set<Group>();
    public DbSet<Membership> Memberships => Set<Membership>();
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    /// <summary>Nobody else changes the account until the end of the transaction; null when there is none.</summary>
    public Task<User?> LockUserAsync(long id, CancellationToken cancellationToken) =>
        Users.FromSql($"select * from identity.users where id = {id} for update").SingleOrDefaultAsync(cancellationToken);

    /// <summary>In a query only: without letter case and with one kind of apostrophe.</summary>
    public static string Fold(string value) => throw new NotSupportedException($"{nameof(Fold)} is the database's.");

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<User>().ToTable("users", "identity").Property(user => user.SearchText).ValueGeneratedOnAddOrUpdate();
        modelBuilder.Entity<Session>().ToTable("sessions", "identity");
        modelBuilder.Entity<Group>().ToTable("groups", "identity");
        modelBuilder.Entity<Membership>().ToTable("user_groups", "identity").HasKey(membership => new { membership.UserId, membership.GroupId });
        modelBuilder.Entity<ApiKey>().ToTable("api_keys", "identity");
        modelBuilder.HasDbFunction(typeof(IdentityDb).GetMethod(nameof(Fold))!).HasName("fold").HasSchema("identity");
        base.OnModelCreating(modelBuilder);
    }
}
