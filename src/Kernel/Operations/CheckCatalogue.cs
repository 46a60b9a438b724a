using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Maydon.Kernel.Operations;

/// <summary>What one check of the catalogue came to.</summary>
public sealed record CheckOutcome(string Code, Severity Severity, string? HealthKey, CheckResult Result);

/// <summary>Runs the registered checks side by side, each in a scope of its own and within a time limit.</summary>
public sealed class CheckCatalogue(IServiceScopeFactory scopes)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    /// <summary>In the order of registration.</summary>
    public async Task<IReadOnlyList<CheckOutcome>> RunAsync(Func<ICheck, bool> choose, CancellationToken cancellationToken)
    {
        int[] chosen;
        await using (var scope = scopes.CreateAsyncScope())
            chosen = [.. scope.ServiceProvider.GetServices<ICheck>().Index().Where(check => choose(check.Item)).Select(check => check.Index)];
        return await Task.WhenAll(chosen.Select(index => RunOneAsync(index, cancellationToken)));
    }

    private async Task<CheckOutcome> RunOneAsync(int index, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var check = scope.ServiceProvider.GetServices<ICheck>().ElementAt(index);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);
        return new CheckOutcome(check.Code, check.Severity, check.HealthKey, await ResultOfAsync(check, limit.Token, cancellationToken));
    }

    private static async Task<CheckResult> ResultOfAsync(ICheck check, CancellationToken limited, CancellationToken cancellationToken)
    {
        try
        {
            return await check.RunAsync(limited);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return CheckResult.Unknown($"No answer within {s_limit.TotalSeconds:0} seconds.");
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.InvalidSchemaName)
        {
            return CheckResult.Unknown("The schema is not up to date: see database.schema.");
        }
        catch (NpgsqlException)
        {
            return CheckResult.Unknown("The database does not answer.");
        }
        catch (IOException)
        {
            return NotReadable();
        }
        catch (UnauthorizedAccessException)
        {
            return NotReadable();
        }
    }

    // Without the path: the answer is open to anyone.
    private static CheckResult NotReadable() => CheckResult.Unknown("What it looks at cannot be read.");
}
