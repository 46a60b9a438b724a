using System.Security.Cryptography;
using System.Text;
using Maydon.Kernel.Operations;
using Npgsql;

namespace Maydon.Kernel.Persistence;

/// <summary>
/// Applies each module's <c>Schema/NNN_name.sql</c> in order, each in its own transaction, one node at a time, and remembers name
/// and hash. A file that was edited after it was applied is refused: schema changes are new files.
/// </summary>
public sealed class SchemaRunner(NpgsqlDataSource source, IEnumerable<SchemaSource> modules, ILogger<SchemaRunner> logger)
{
    // Any constant: two nodes that start together take turns.
    private const long AdvisoryLock = 0x6D_61_79_64_6F_6E;

    /// <summary>Applies what is missing and returns its names. Throws <see cref="SchemaEditedException"/> for an edited file.</summary>
    public async Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, $"select pg_advisory_lock({AdvisoryLock})", cancellationToken);
        try
        {
            await ExecuteAsync(connection, """
                create schema if not exists kernel;
                create table if not exists kernel.schema_versions (
                    name text primary key,
                    hash text not null,
                    applied_at timestamptz not null default now()
                );
                """, cancellationToken);
            var pending = await FindPendingAsync(connection, cancellationToken);
            foreach (var script in pending)
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await ExecuteAsync(connection, script.Sql, cancellationToken);
                await using (var record = new NpgsqlCommand("insert into kernel.schema_versions (name, hash) values ($1, $2)", connection))
                {
                    record.Parameters.Add(new() { Value = script.Name });
                    record.Parameters.Add(new() { Value = script.Hash });
                    await record.ExecuteNonQueryAsync(cancellationToken);
                }

                await transaction.CommitAsync(cancellationToken);
                logger.LogInformation("Applied schema {Script}", script.Name);
            }

            if (pending.Count > 0)
                await connection.ReloadTypesAsync(cancellationToken);
            return [.. pending.Select(script => script.Name)];
        }
        finally
        {
            await ExecuteAsync(connection, $"select pg_advisory_unlock({AdvisoryLock})", CancellationToken.None);
        }
    }

    /// <summary>The names of what <see cref="ApplyAsync"/> would apply; changes nothing.</summary>
    public async Task<IReadOnlyList<string>> PlanAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return [.. (await FindPendingAsync(connection, cancellationToken)).Select(script => script.Name)];
    }

    private async Task<List<Script>> FindPendingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new Dictionary<string, string>();
        await using (var exists = new NpgsqlCommand("select to_regclass('kernel.schema_versions') is not null", connection))
        {
            if (await exists.ExecuteScalarAsync(cancellationToken) is true)
            {
                await using var command = new NpgsqlCommand("select name, hash from kernel.schema_versions", connection);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    applied[reader.GetString(0)] = reader.GetString(1);
            }
        }

        var pending = new List<Script>();
        foreach (var script in modules.SelectMany(ReadScripts))
        {
            if (!applied.TryGetValue(script.Name, out var hash))
                pending.Add(script);
            else if (hash != script.Hash)
                throw new SchemaEditedException(script.Name);
        }

        return pending;
    }

    private static IEnumerable<Script> ReadScripts(SchemaSource module)
    {
        var names = module.Assembly.GetManifestResourceNames().Where(name => name.StartsWith("Schema/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        foreach (var name in names)
        {
            using var reader = new StreamReader(module.Assembly.GetManifestResourceStream(name)!);
            var sql = reader.ReadToEnd().ReplaceLineEndings("\n");
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
            yield return new Script($"{module.Module}/{name["Schema/".Length..]}", sql, hash);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        // Indexes over a large table may take longer than any default.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Script(string Name, string Sql, string Hash);
}

/// <summary>An applied schema file is no longer what it was. Who changes one is a developer, who knows; who reads this runs a server.</summary>
public sealed class SchemaEditedException(string script)
    : OperatorException($"The database was made with another {script} than this release has: use the release that made it, or make a new database with this one and move the data into it with pg_dump --data-only.");
