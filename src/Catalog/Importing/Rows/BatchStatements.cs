using System.Globalization;
using System.Text.Json;
using Maydon.Catalog.Records;
using Maydon.Catalog.Sheets;
using Npgsql;
using NpgsqlTypes;

namespace Maydon.Catalog.Importing.Rows;

/// <summary>A batch against its list, in one statement for each thing: what is different, what is new, what changes.</summary>
internal sealed class BatchStatements
{
    private readonly CatalogList _list;
    private readonly ImportColumns _columns;
    private readonly string _sent;
    private readonly string _compare;
    private readonly string _insert;
    private readonly string _update;

    public BatchStatements(CatalogList list, ImportColumns columns)
    {
        (_list, _columns) = (list, columns);
        var values = columns.Values;
        var arrays = values.Select((column, i) => string.Create(CultureInfo.InvariantCulture, $"${i + 2}::{(column.Kind == ColumnKind.Flag ? "boolean" : "text")}[]"));
        _sent = $"unnest({string.Join(", ", arrays.Prepend("$1::text[]"))}) with ordinality s ({string.Join(", ", values.Select(column => column.Column).Prepend("code"))}, place)";
        var now = string.Create(CultureInfo.InvariantCulture, $"${values.Count + 2}");
        var project = columns.Have(ColumnKind.Project) ? "left join catalog.projects p on p.code = s.project_id" : "";
        // A project that was deleted takes no more items; whose own it is may say so again.
        var noProject = columns.Have(ColumnKind.Project) ? "s.project_id is not null and (p.id is null or (p.is_deleted and p.id is distinct from t.project_id))" : "false";
        var isOther = string.Join("", values.Select(column => $" or {IsOther(column)}"));
        // Looked up in the index one by one, whatever the planner thinks of it: it would rather read the whole list for every batch.
        _compare = $"""
            select s.place, t.id is null, coalesce(t.is_deleted, false), {noProject}
            from {_sent}
            left join lateral (select * from {list.Table} r where r.code = s.code offset 0) t on true {project}
            where t.id is null or t.is_deleted or {noProject}{isOther}
            """;
        _insert = $"""
            insert into {list.Table} (code{string.Join("", values.Select(column => $", {column.Column}"))}, created_at, updated_at)
            select s.code{string.Join("", values.Select(column => $", {Made(column)}"))}, {now}, {now} from {_sent} {project} order by s.place
            """;
        // Left to the planner, unlike the comparison: it reads a whole list only where that is as quick (100,000 records, 45 ms either way), and half a million by the index.
        _update = $"""
            update {list.Table} t set {string.Join("", values.Select(column => $"{column.Column} = {Changed(column)}, "))}updated_at = {now}
            from {_sent} {project} where t.code = s.code
            """;
    }

    /// <summary>Rows that are as they are stored are only counted.</summary>
    public async Task<RowFates> CompareAsync(NpgsqlConnection connection, RowBatch batch, bool mayAdd, CancellationToken cancellationToken)
    {
        var fates = new RowFates { Unchanged = batch.Rows.Count };
        fates.Refused.AddRange(batch.Refused);
        if (batch.Rows.Count == 0)
            return fates;
        await using var command = Command(_compare, connection, batch.Rows);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = batch.Rows[(int)reader.GetInt64(0) - 1];
            fates.Unchanged--;
            if (reader.GetBoolean(2))
                fates.Refused.Add(row.Refuse(field: null, "code_deleted", _list.CodeField, row.Code));
            else if (reader.GetBoolean(3))
                fates.Refused.Add(row.Refuse(_columns.Values.First(column => column.Kind == ColumnKind.Project).Field, "project_unknown"));
            else if (!reader.GetBoolean(1))
                fates.Changed.Add(row);
            else if (!mayAdd)
                fates.Refused.Add(row.Refuse(field: null, "import_may_not_add"));
            else if (!_columns.Have(ColumnKind.Name))
                fates.Refused.Add(row.Refuse("name", "required"));
            else
                fates.New.Add(row);
        }

        return fates;
    }

    /// <summary>How many active records these rows would make inactive.</summary>
    public async Task<int> CountDeactivationsAsync(NpgsqlConnection connection, RowBatch batch, CancellationToken cancellationToken)
    {
        var flag = Place(ColumnKind.Flag);
        var codes = flag < 0 ? [] : batch.Rows.Where(row => row.Values[flag] == "false").Select(row => row.Code).ToArray();
        if (codes.Length == 0)
            return 0;
        await using var command = new NpgsqlCommand($"select count(*)::int from {_list.Table} where code = any($1) and is_active and not is_deleted", connection);
        command.Parameters.Add(new() { Value = codes });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>In their turn, and compared in it.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, RowFates fates, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using (var source = new NpgsqlCommand("select set_config('catalog.source_rows', $1, true)", connection))
        {
            source.Parameters.Add(new() { Value = JsonSerializer.Serialize(fates.New.Concat(fates.Changed).ToDictionary(row => row.Code, row => row.Number)) });
            await source.ExecuteNonQueryAsync(cancellationToken);
        }

        await ExecuteAsync(_insert, connection, fates.New, now, cancellationToken);
        await ExecuteAsync(_update, connection, fates.Changed, now, cancellationToken);
    }

    private async Task ExecuteAsync(string sql, NpgsqlConnection connection, List<ImportRow> rows, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
            return;
        await using var command = Command(sql, connection, rows);
        command.CommandTimeout = 300;
        command.Parameters.Add(new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string sql, NpgsqlConnection connection, List<ImportRow> rows)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = rows.ConvertAll(row => row.Code).ToArray() });
        for (var i = 0; i < _columns.Values.Count; i++)
        {
            var at = i;
            command.Parameters.Add(_columns.Values[i].Kind == ColumnKind.Flag
                ? new() { Value = rows.ConvertAll(row => row.Values[at] is { } flag ? flag == "true" : (bool?)null).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean }
                : new() { Value = rows.ConvertAll(row => row.Values[at]).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        }

        return command;
    }

    private int Place(ColumnKind kind)
    {
        for (var i = 0; i < _columns.Values.Count; i++)
        {
            if (_columns.Values[i].Kind == kind)
                return i;
        }

        return -1;
    }

    private static string IsOther(SheetColumn column) => column.Kind switch
    {
        ColumnKind.Flag => $"t.{column.Column} <> s.{column.Column}",
        ColumnKind.Project => "t.project_id is distinct from p.id",
        _ => $"t.{column.Column} is distinct from s.{column.Column}",
    };

    private static string Made(SheetColumn column) => column.Kind switch
    {
        ColumnKind.Flag => $"coalesce(s.{column.Column}, true)",
        ColumnKind.Project => "p.id",
        _ => $"s.{column.Column}",
    };

    private static string Changed(SheetColumn column) => column.Kind == ColumnKind.Flag ? $"coalesce(s.{column.Column}, t.{column.Column})" : Made(column);
}
