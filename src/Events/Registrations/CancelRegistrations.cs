using Maydon.Inventory;
using Maydon.Inventory.Claims;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Events.Registrations;

/// <summary>Cancels everybody at once, because the event itself is cancelled.</summary>
internal static class CancelRegistrations
{
    private const string Sql = """
        update events.registrations set status = 'cancelled', cancelled_at = $2
        where event_id = $1 and status in ('registered', 'waitlisted')
        returning claim_id
        """;

    /// <summary>Inside the transaction that has locked the event's pool: nobody registers or cancels meanwhile. Who has attended stays so.</summary>
    public static async Task OfEventAsync(NpgsqlConnection connection, long eventId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var claims = new List<long>();
        await using (var command = new NpgsqlCommand(Sql, connection))
        {
            command.Parameters.Add(new() { Value = eventId });
            command.Parameters.Add(new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                if (!reader.IsDBNull(0))
                    claims.Add(reader.GetInt64(0));
            }
        }

        await ClaimRelease.OfPoolAsync(connection, RegistrationClaims.SeatsOf(eventId), claims, "event cancelled", now, cancellationToken);
    }
}
