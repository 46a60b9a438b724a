using Maydon.Events.Organising;
using Maydon.Inventory;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Npgsql;

namespace Maydon.Events.Browsing;

/// <summary>One event as the person who asks may see it.</summary>
internal sealed class GetEvent(NpgsqlDataSource database, CurrentUser user, TimeProvider clock)
{
    public async Task<EventDetails?> ExecuteAsync(long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (await EventRow.FindAsync(connection, id, cancellationToken) is not { } row)
            return null;
        var seats = await Pools.ReadAsync(connection, Event.PoolKind, [id], cancellationToken);
        var mayJoin = user.IsStaff || user.IdOrNull == row.CreatedBy;
        return row.ToDetails(seats.GetValueOrDefault(id), clock.Now(), mayJoin);
    }
}
