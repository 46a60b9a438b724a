using System.Data;
using Maydon.Events.Organising;
using Maydon.Events.Registrations;
using Maydon.Inventory;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Maydon.Events.Browsing;

/// <summary>One event as the person who asks may see it, a write of the same transaction included.</summary>
internal sealed class GetEvent(EventsDbContext db, DbSession session, CurrentUser user, TimeProvider clock)
{
    public async Task<EventDetails?> ExecuteAsync(long id, CancellationToken cancellationToken)
    {
        var opened = session.Connection.State != ConnectionState.Open;
        if (opened)
            await session.Connection.OpenAsync(cancellationToken);
        try
        {
            if (await EventRow.FindAsync(session.Connection, id, cancellationToken) is not { } row)
                return null;
            var seats = await Pools.ReadAsync(session.Connection, Event.PoolKind, [id], cancellationToken);
            return row.ToDetails(seats.GetValueOrDefault(id), clock.Now(), row.JoinUrl is null || await MayJoinAsync(row, cancellationToken));
        }
        finally
        {
            if (opened)
                await session.Connection.CloseAsync();
        }
    }

    /// <summary>The organiser, staff, and whoever has a seat.</summary>
    private async Task<bool> MayJoinAsync(EventRow row, CancellationToken cancellationToken) =>
        user.IdOrNull is { } me
        && (row.CreatedBy == me || user.IsStaff
            || await db.Set<Registration>().AnyAsync(
                seat => seat.EventId == row.Id && seat.UserId == me && (seat.Status == RegistrationStatus.Registered || seat.Status == RegistrationStatus.Attended),
                cancellationToken));
}
