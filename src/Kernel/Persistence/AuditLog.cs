using Npgsql;
using NpgsqlTypes;

namespace Maydon.Kernel.Persistence;

/// <summary>One line of the audit log: who (<paramref name="ActorId"/>) did what to whom (<paramref name="UserId"/>), from where.</summary>
public sealed record AuditEntry(string Action, long? UserId = null, long? ActorId = null, string? Address = null, string DetailsJson = "{}");

/// <summary>Append-only until <see cref="ForgetOldAudit"/>; written on the caller's connection, so inside its transaction when there is one.</summary>
public sealed class AuditLog(DbSession session, TimeProvider clock)
{
    public async Task AddAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        var opened = session.Connection.State != System.Data.ConnectionState.Open;
        if (opened)
            await session.Connection.OpenAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(
            "insert into kernel.audit_log (at, action, user_id, actor_id, address, details) values ($1, $2, $3, $4, $5, $6)", session.Connection))
        {
            command.Parameters.Add(new() { Value = clock.Now().UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new() { Value = entry.Action });
            command.Parameters.Add(new() { Value = (object?)entry.UserId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
            command.Parameters.Add(new() { Value = (object?)entry.ActorId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
            command.Parameters.Add(new() { Value = (object?)entry.Address ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = entry.DetailsJson, NpgsqlDbType = NpgsqlDbType.Jsonb });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        if (opened)
            await session.Connection.CloseAsync();
    }
}
