using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Kernel.Persistence;

/// <summary>The numbered <c>Schema/*.sql</c> of one module, applied by <see cref="SchemaRunner"/> in the order of registration.</summary>
public sealed record SchemaSource(string Module, Assembly Assembly);

public static class PersistenceServices
{
    public static IServiceCollection AddModuleDbContext<TContext>(this IServiceCollection services) where TContext : ModuleDbContext =>
        services.AddDbContext<TContext>((provider, options) => options
            .UseNpgsql(provider.GetRequiredService<DbSession>().Connection)
            // A violated constraint is an answer like any other; what nobody expected is logged by whoever catches it, once.
            .ConfigureWarnings(events => events.Log((RelationalEventId.CommandError, LogLevel.Debug), (CoreEventId.SaveChangesFailed, LogLevel.Debug))));

    public static IServiceCollection AddSchema(this IServiceCollection services, string module, Assembly assembly) =>
        services.AddSingleton(new SchemaSource(module, assembly));

    /// <summary>
    /// Says what the violation of a database constraint means to the caller: the constraint is the guard, this is its translation.
    /// <paramref name="field"/> is named in the answer when given.
    /// </summary>
    public static IServiceCollection AddConstraintProblem(this IServiceCollection services, string constraint, int status, string code, string? field = null) =>
        services.AddSingleton(new ConstraintProblem(constraint, status, code, field));
}

public sealed record ConstraintProblem(string Constraint, int Status, string Code, string? Field);
