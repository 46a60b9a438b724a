using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Kernel.Persistence;

/// <summary>
/// What the DbContexts of all modules share: the session's connection, snake_case names, and the rule that nothing is saved
/// outside the use case's transaction.
/// </summary>
public abstract class ModuleDbContext : DbContext
{
    private readonly DbSession _session;

    protected ModuleDbContext(DbContextOptions options, DbSession session) : base(options)
    {
        _session = session;
        // The session owns the transaction; EF must not begin another on the same connection.
#pragma warning disable MA0056 // nobody overrides Database, and this is the only place before the first use
        Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
#pragma warning restore MA0056
    }

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default) =>
        _session.InTransaction
            ? base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken)
            : throw new InvalidOperationException("Begin the use case's transaction with DbSession.BeginAsync before saving.");

    public override int SaveChanges(bool acceptAllChangesOnSuccess) =>
        throw new NotSupportedException("Saving blocks a thread: use SaveChangesAsync.");

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
            foreach (var property in entity.GetProperties())
                property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
    }
}
