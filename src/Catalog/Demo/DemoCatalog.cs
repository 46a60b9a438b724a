using System.Globalization;
using Maydon.Catalog.Projects;
using Maydon.Catalog.Writing;
using Maydon.Kernel.Operations;
using Maydon.Kernel.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Catalog.Demo;

/// <summary>The demo's master data, as an ERP would have brought it over a year: in a few statements, and with a little history.</summary>
internal sealed class DemoCatalog(CatalogDbContext db, DbSession session, CatalogTurn turn, TimeProvider clock) : IDemoData
{
    public async Task<IReadOnlyList<string>> LoadAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var projects = DemoWares.ProjectRecords(now).ToList();
        var first = projects[0].Code;
        if (await db.Set<Project>().AnyAsync(project => project.Code == first, cancellationToken))
            return [];
        var (clients, items) = (DemoWares.ClientRecords(now).ToList(), DemoWares.ItemRecords(now).ToList());

        await using var transaction = await session.BeginAsync(cancellationToken);
        await turn.TakeAsync(new ChangeOrigin(ChangeWay.Demo, By: null), cancellationToken);
        await AddAsync("insert into catalog.projects (code, name, title, description, is_active, created_at, updated_at) select r.code, r.name, r.title, r.description, r.is_active, r.at, r.at", projects, cancellationToken);
        await AddAsync("insert into catalog.clients (code, name, description, email, phone, is_active, created_at, updated_at) select r.code, r.name, r.description, r.email, r.phone, r.is_active, r.at, r.at", clients, cancellationToken);
        await AddAsync("insert into catalog.items (code, name, title, description, project_id, is_active, created_at, updated_at) select r.code, r.name, r.title, r.description, (select p.id from catalog.projects p where p.code = r.project), r.is_active, r.at, r.at", items, cancellationToken);
        await ExecuteAsync("update catalog.items set title = name || ' (yangi partiya)', updated_at = $1 where id % 40 = 7", [Time(now.AddDays(-6))], cancellationToken);
        await ExecuteAsync("update catalog.items set is_deleted = true, updated_at = $1 where id % 250 = 9", [Time(now.AddDays(-4))], cancellationToken);
        await ExecuteAsync("update catalog.items set is_deleted = false, updated_at = $1 where is_deleted and id % 250 = 9", [Time(now.AddDays(-3))], cancellationToken);
        await ExecuteAsync("update catalog.clients set phone = null, is_active = false, updated_at = $1 where id % 50 = 11", [Time(now.AddDays(-2))], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return [string.Create(CultureInfo.InvariantCulture, $"Demo catalogue     {projects.Count} projects, {clients.Count} clients, {items.Count} items, a few of them changed since")];
    }

    private Task AddAsync(string insert, List<DemoRecord> records, CancellationToken cancellationToken) => ExecuteAsync(
        $"{insert} from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) with ordinality r (code, name, title, description, project, email, phone, is_active, at, place) order by r.place",
        [
            Texts(records.Select(record => record.Code)), Texts(records.Select(record => record.Name)), Texts(records.Select(record => record.Title)),
            Texts(records.Select(record => record.Description)), Texts(records.Select(record => record.Project)), Texts(records.Select(record => record.Email)),
            Texts(records.Select(record => record.Phone)), new() { Value = records.Select(record => record.IsActive).ToArray() },
            new() { Value = records.Select(record => record.At.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
        ], cancellationToken);

    private async Task ExecuteAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, session.Connection);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Texts(IEnumerable<string?> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter Time(DateTimeOffset value) => new() { Value = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
