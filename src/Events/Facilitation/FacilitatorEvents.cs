using System.Globalization;
using Maydon.Events.Browsing;
using Maydon.Events.Organising;
using Maydon.Inventory;
using Maydon.Kernel.Http;
using Maydon.Kernel.Persistence;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Maydon.Events.Facilitation;

/// <summary>Which page of one's own events.</summary>
public sealed class FacilitatorEventQuery : ListQuery;

/// <summary>What somebody has announced, the newest first.</summary>
internal sealed class FacilitatorEvents(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Own = "events.events e where e.created_by = $1 and e.deleted_at is null";

    /// <summary>Null when there is no such page.</summary>
    public async Task<Page<EventItem>?> ReadAsync(long organiser, FacilitatorEventQuery query, HttpRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var count = await CountAsync(connection, organiser, cancellationToken);
        if (query.Check(count) is not null)
            return null;
        var values = new SqlValues();
        values.Add(organiser);
        var rows = await EventRow.ReadAsync(connection, values, string.Create(CultureInfo.InvariantCulture, $"""
            select 0 as segment, row_number() over () as place, own.id
            from (select e.id from {Own} order by e.created_at desc, e.id desc offset {query.Offset} limit {query.Size}) own
            """), cancellationToken);
        var seats = await Pools.ReadAsync(connection, Event.PoolKind, [.. rows.Select(row => row.Id)], cancellationToken);
        var now = clock.Now();
        return query.ToPage(request, count, rows.ConvertAll(row => row.ToItem(seats.GetValueOrDefault(row.Id), now)));
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, long organiser, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select count(*) from {Own}", connection) { Parameters = { new() { Value = organiser } } };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
