using Maydon.Tests.Support;

namespace Maydon.Tests.Fuzz;

/// <summary>Sees every row that is inserted, changed or deleted, by triggers that roll back with whatever was rolled back.</summary>
internal sealed class StoredChanges(TestServer server)
{
    // What a refusal may well write: who tried, and how often.
    private const string Exempt = "'kernel.audit_log', 'kernel.idempotency_keys', 'identity.one_time_codes'";

    private long _seen;

    public async Task WatchAsync() => await server.ExecuteAsync($$"""
        create schema fuzz;
        create table fuzz.changes (id bigint generated always as identity primary key, what text not null);
        create function fuzz.note() returns trigger language plpgsql as $$
        begin
            insert into fuzz.changes (what) values (tg_op || ' ' || tg_table_schema || '.' || tg_table_name);
            return null;
        end $$;
        do $$
        declare watched regclass;
        begin
            for watched in
                select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind = 'r' and n.nspname !~ '^pg_|^information_schema$|^fuzz$' and n.nspname || '.' || c.relname not in ({{Exempt}})
            loop
                execute format('create trigger fuzz_note after insert or update or delete on %s for each row execute function fuzz.note()', watched);
            end loop;
        end $$;
        """);

    /// <summary>What has changed since the last call, for example <c>INSERT events.events</c>; null when nothing has.</summary>
    public async Task<string?> TakeAsync()
    {
        await using var command = server.Database.CreateCommand("select max(id), string_agg(distinct what, ', ') from fuzz.changes where id > $1");
        command.Parameters.Add(new() { Value = _seen });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        if (await reader.IsDBNullAsync(0))
            return null;
        _seen = reader.GetInt64(0);
        return reader.GetString(1);
    }
}
