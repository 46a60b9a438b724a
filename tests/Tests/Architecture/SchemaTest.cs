using Maydon.Kernel.Persistence;
using Maydon.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Maydon.Tests.Architecture;

/// <summary>The SQL of the modules, as it stands in a live database, against what they say of it.</summary>
public sealed class SchemaTest(TestServer server) : IClassFixture<TestServer>
{
    private sealed record Column(string Type, bool IsNullable, bool HasDefault, bool IsIdentity);

    [Fact]
    public async Task Every_model_fits_the_live_database_column_by_column()
    {
        var database = await ReadColumnsAsync();
        var faults = new List<string>();
        await using var scope = server.App.Services.CreateAsyncScope();
        var contexts = Repository.Projects.SelectMany(project => project.Assembly.GetTypes()).Where(type => type is { IsAbstract: false } && type.IsAssignableTo(typeof(ModuleDbContext))).ToList();
        foreach (var context in contexts)
        {
            var model = ((DbContext)scope.ServiceProvider.GetRequiredService(context)).GetService<IDesignTimeModel>().Model.GetRelationalModel();
            foreach (var mapped in model.Tables.Cast<ITableBase>().Concat(model.Views))
                faults.AddRange(Compare(mapped, database).Select(fault => $"{context.Name}: {mapped.SchemaQualifiedName}{fault}"));
        }

        Assert.NotEmpty(contexts);
        Fault.None(faults);
    }

    [Fact]
    public async Task No_foreign_key_leaves_its_module_except_to_the_users() =>
        Fault.None(await RowsAsync("""
            select conrelid::regclass || '.' || conname || ' → ' || confrelid::regclass
            from pg_constraint f
            join pg_class child on child.oid = f.conrelid
            join pg_class parent on parent.oid = f.confrelid
            where f.contype = 'f' and child.relnamespace <> parent.relnamespace and f.confrelid <> 'identity.users'::regclass
            """));

    [Fact]
    public async Task Every_foreign_key_has_an_index_to_join_and_delete_by() =>
        Fault.None(await RowsAsync("""
            select conrelid::regclass || '.' || conname
            from pg_constraint f
            where f.contype = 'f' and f.connamespace not in (select oid from pg_namespace where nspname like 'pg%')
            and not exists (
                select from pg_index i
                where i.indrelid = f.conrelid and i.indpred is null
                and (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey and f.conkey @> (i.indkey::int2[])[0:cardinality(f.conkey) - 1])
            """));

    [Fact]
    public async Task Every_table_lies_in_the_schema_of_a_module()
    {
        var modules = server.App.Services.GetServices<SchemaSource>().Select(source => source.Module).ToHashSet();
        var tables = await RowsAsync("""
            select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm') and n.nspname !~ '^pg_|^information_schema$'
            """);
        Assert.NotEmpty(tables);
        Fault.None(tables.Where(table => !modules.Contains(table.Split('.')[0])));
    }

    [Fact]
    public async Task A_schema_file_that_was_edited_after_it_was_applied_is_refused()
    {
        var runner = server.App.Services.GetRequiredService<SchemaRunner>();
        Assert.Empty(await runner.ApplyAsync(CancellationToken.None));
        await server.ExecuteAsync("update kernel.schema_versions set hash = reverse(hash) where name = 'kernel/001_kernel.sql'");

        var refused = await Assert.ThrowsAsync<SchemaEditedException>(() => runner.ApplyAsync(CancellationToken.None));

        Assert.Contains("kernel/001_kernel.sql", refused.Message, StringComparison.Ordinal);
        await server.ExecuteAsync("update kernel.schema_versions set hash = reverse(hash) where name = 'kernel/001_kernel.sql'");
        Assert.Empty(await runner.ApplyAsync(CancellationToken.None));
    }

    private static IEnumerable<string> Compare(ITableBase mapped, Dictionary<(string Table, string Column), Column> database)
    {
        foreach (var column in mapped.Columns)
        {
            if (!database.TryGetValue((mapped.SchemaQualifiedName, column.Name), out var live))
                yield return $".{column.Name} is not in the database";
            else if (live.Type != column.StoreType)
                yield return $".{column.Name} is {column.StoreType} in the model, {live.Type} in the database";
            // The columns of a view are all nullable to PostgreSQL.
            else if (mapped is ITable && live.IsNullable != column.IsNullable)
                yield return $".{column.Name} is {(live.IsNullable ? "nullable in the database only" : "nullable in the model only")}";
            else if (mapped is ITable && live.IsIdentity && column.PropertyMappings.Any(mapping => mapping.Property.ValueGenerated == ValueGenerated.Never))
                yield return $".{column.Name} is given its value by the database, not by the model";
        }

        var required = database.Where(live => mapped is ITable && live.Key.Table == mapped.SchemaQualifiedName && live.Value is { IsNullable: false, HasDefault: false, IsIdentity: false });
        foreach (var live in required.Where(live => mapped.FindColumn(live.Key.Column) is null))
            yield return $".{live.Key.Column} must have a value, and the model has no such column";
    }

    private async Task<Dictionary<(string Table, string Column), Column>> ReadColumnsAsync()
    {
        await using var command = server.Database.CreateCommand("""
            select n.nspname || '.' || c.relname, a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull, a.atthasdef, a.attidentity <> ''
            from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
            where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm') and n.nspname !~ '^pg_|^information_schema$'
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var columns = new Dictionary<(string, string), Column>();
        while (await reader.ReadAsync())
            columns.Add((reader.GetString(0), reader.GetString(1)), new Column(reader.GetString(2), reader.GetBoolean(3), reader.GetBoolean(4), reader.GetBoolean(5)));
        return columns;
    }

    private async Task<List<string>> RowsAsync(string sql)
    {
        await using var command = server.Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
