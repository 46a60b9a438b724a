create schema catalog;

-- Substring search over a million rows needs trigrams. The extension is trusted: whoever may create in the database may add it.
do $$
begin
    create extension if not exists pg_trgm;
exception when insufficient_privilege or undefined_file or feature_not_supported then
    raise exception 'The database lacks the PostgreSQL extension pg_trgm (%)', sqlerrm
        using errcode = sqlstate,
              hint = 'Install the contrib package of your PostgreSQL, then let an administrator run: CREATE EXTENSION pg_trgm;';
end $$;

-- How text is compared when letter case must not matter, in every script and whatever the locale of the database; the apostrophes
-- that people type in oʻ and gʻ are one.
create function catalog.fold(value text) returns text language sql immutable strict parallel safe
    return translate(lower(value collate "und-x-icu"), '''‘’ʻ`', 'ʼʼʼʼʼ') collate "C";

-- Whether a record can be known by it. Case and every sign count; blanks around it do not and so are not there. "." and ".." are no
-- addresses, and three words stand at a list's address for something else.
create function catalog.is_code(value text, longest int) returns boolean language sql immutable strict parallel safe
    return char_length(value) between 1 and longest and value = btrim(value)
        and value not in ('.', '..') and lower(value collate "C") not in ('export', 'import', 'template');

-- Three lists of the same make. Columns that all have: what the ERP knows the record by, what it is called, whether strangers see it, whether it
-- was deleted (softly: the row and its code stay), what its answer shows of its images, and how often it was changed, which triggers count. Only name, title, email and code are searched.
create table catalog.projects (
    id bigint generated always as identity primary key,
    code text collate "C" not null,
    name text not null,
    title text,
    -- HTML that has been through the allow-list, which may write five letters for one: & as &amp;.
    description text,
    is_active boolean not null default true,
    is_deleted boolean not null default false,
    images jsonb not null default '[]',
    version bigint not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    search_text text not null generated always as (catalog.fold(code || E'\n' || name || E'\n' || coalesce(title, ''))) stored,
    constraint projects_code unique (code),
    constraint projects_code_form check (catalog.is_code(code, 255)),
    constraint projects_name check (char_length(name) between 1 and 255),
    constraint projects_title check (char_length(title) between 1 and 255),
    constraint projects_description check (char_length(description) between 1 and 100000),
    constraint projects_times check (updated_at >= created_at)
);

create table catalog.clients (
    id bigint generated always as identity primary key,
    code text collate "C" not null,
    name text not null,
    email text,
    phone text,
    description text,
    is_active boolean not null default true,
    is_deleted boolean not null default false,
    images jsonb not null default '[]',
    version bigint not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    search_text text not null generated always as (catalog.fold(code || E'\n' || name || E'\n' || coalesce(email, ''))) stored,
    constraint clients_code unique (code),
    constraint clients_code_form check (catalog.is_code(code, 100)),
    constraint clients_name check (char_length(name) between 1 and 100),
    constraint clients_email check (char_length(email) between 3 and 254),
    constraint clients_phone check (char_length(phone) between 1 and 50),
    constraint clients_description check (char_length(description) between 1 and 100000),
    constraint clients_times check (updated_at >= created_at)
);

create table catalog.items (
    id bigint generated always as identity primary key,
    code text collate "C" not null,
    name text not null,
    title text,
    description text,
    project_id bigint references catalog.projects (id),
    is_active boolean not null default true,
    is_deleted boolean not null default false,
    images jsonb not null default '[]',
    version bigint not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    search_text text not null generated always as (catalog.fold(code || E'\n' || name || E'\n' || coalesce(title, ''))) stored,
    constraint items_code unique (code),
    constraint items_code_form check (catalog.is_code(code, 255)),
    constraint items_name check (char_length(name) between 1 and 255),
    constraint items_title check (char_length(title) between 1 and 255),
    constraint items_description check (char_length(description) between 1 and 100000),
    constraint items_times check (updated_at >= created_at)
);

create index items_project on catalog.items (project_id, created_at, id);
create index clients_phone_index on catalog.clients (phone);

-- Every change of every record, in the order of the commits, whole: history and feed are the same rows.
create table catalog.changes (
    -- 1, 2, 3, … without a gap: whoever has seen n has seen all there was when n was committed.
    position bigint primary key,
    list text not null,
    record_id bigint not null,
    code text collate "C" not null,
    kind text not null,
    version bigint not null,
    -- Column → [before, after] of what an existing record became.
    fields jsonb not null default '{}',
    -- The whole record, of one that came, or came back.
    record jsonb,
    -- Of identity.users; null when a program did it. Without a foreign key, as history outlives accounts.
    changed_by bigint,
    way text not null,
    -- Of an import: the file and the row in it.
    source text,
    source_row int,
    at timestamptz not null,
    -- No less than it takes as it is told, where a new record is told twice and each image by five addresses.
    bytes int not null generated always as (3 * (octet_length(fields::text) + coalesce(octet_length(record::text), 0))) stored,
    constraint changes_kind check (kind in ('created', 'updated', 'deleted', 'restored')),
    constraint changes_way check (way in ('api', 'admin', 'import', 'sync', 'demo', 'sql')),
    constraint changes_record check ((kind in ('created', 'restored')) = (record is not null)),
    constraint changes_fields check ((kind = 'created') = (fields = '{}')),
    constraint changes_once unique (list, record_id, version)
);

-- For those who follow one list.
create index changes_of_list on catalog.changes (list, position);

-- What stands for a change in the hands of somebody who follows: not its number alone, which another database, or this one restored from a backup,
-- has given to another change.
create function catalog.cursor_of("position" bigint, list text, record_id bigint, version bigint, at timestamptz) returns text language sql immutable strict parallel safe
    return "position" || '-' || left(md5(list || record_id || '.' || version || '.' || extract(epoch from at)), 8);

-- How many records of a list are not deleted, for pages of a million to be counted at once.
create table catalog.sizes (
    list text not null,
    is_active boolean not null,
    size bigint not null default 0,
    constraint sizes_once primary key (list, is_active),
    constraint sizes_size check (size >= 0)
);

-- Writers of master data come one after the other, from their first row to their commit. So positions follow the commits, nobody who follows
-- the feed can be shown the later of two changes first, and no two writers can wait for each other.
create function catalog.wait_for_turn() returns void language sql as $$ select pg_advisory_xact_lock(7310, 1) $$;

-- The beginning of a use case's transaction: its turn, and what the changes in it will say of themselves.
create function catalog.begin_writing(way text, changed_by bigint, source text) returns void language sql as $$
    -- Whoever sits on the turn keeps writers of master data waiting, not every connection that the server has.
    select set_config('lock_timeout', '5s', true);
    select catalog.wait_for_turn();
    select set_config('catalog.way', way, true), set_config('catalog.changed_by', coalesce(changed_by::text, ''), true),
        set_config('catalog.source', coalesce(source, ''), true), set_config('catalog.source_rows', '', true);
$$;

-- For whoever has not begun like that: before a row is touched.
create function catalog.take_turn() returns trigger language plpgsql as $$
begin
    perform catalog.wait_for_turn();
    return null;
end $$;

create function catalog.count_version() returns trigger language plpgsql as $$
declare
    written_at timestamptz := new.updated_at;
begin
    if new.id <> old.id or new.code <> old.code or new.created_at <> old.created_at then
        raise exception 'A record of the catalogue keeps its id, its code and its birthday.' using errcode = 'restrict_violation';
    end if;
    -- Nobody else counts, and what is generated is not generated yet.
    new.version := old.version;
    new.updated_at := old.updated_at;
    new.search_text := old.search_text;
    -- A write that changes nothing is none.
    if new is not distinct from old then
        return null;
    end if;
    new.version := old.version + 1;
    new.updated_at := greatest(written_at, old.updated_at);
    return new;
end $$;

create function catalog.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'catalog.% forgets nothing', tg_table_name using errcode = 'restrict_violation';
end $$;

-- Of a row what a copy of the record needs; the rest stands beside it.
create function catalog.copy_of(whole jsonb) returns jsonb language sql immutable strict parallel safe
    return whole - array['id', 'version', 'updated_at', 'search_text'];

-- Id → code of the projects that a change of an item names: a copy elsewhere is kept by codes, and those stay.
create function catalog.project_codes(fields jsonb, record jsonb) returns jsonb language sql stable parallel safe
    return (select jsonb_object_agg(p.id, p.code) from catalog.projects p
        where p.id in ((record ->> 'project_id')::bigint, (fields -> 'project_id' ->> 0)::bigint, (fields -> 'project_id' ->> 1)::bigint));

-- In UTC: times within a record are text.
create function catalog.log_created() returns trigger language plpgsql set timezone = 'UTC' as $$
declare
    rows_by_code jsonb := nullif(current_setting('catalog.source_rows', true), '')::jsonb;
    last_position bigint;
begin
    select coalesce(max(c.position), 0) into last_position from catalog.changes c;
    insert into catalog.changes (position, list, record_id, code, kind, version, record, changed_by, way, source, source_row, at)
    select last_position + row_number() over (order by n.id), tg_argv[0], n.id, n.code, 'created', n.version, catalog.copy_of(to_jsonb(n)),
        nullif(current_setting('catalog.changed_by', true), '')::bigint, coalesce(nullif(current_setting('catalog.way', true), ''), 'sql'),
        nullif(current_setting('catalog.source', true), ''), (rows_by_code ->> n.code)::int, n.updated_at
    from created n;
    update catalog.sizes s set size = s.size + n.count
    from (select is_active, count(*) from created where not is_deleted group by is_active) n
    where s.list = tg_argv[0] and s.is_active = n.is_active;
    return null;
end $$;

create function catalog.log_changed() returns trigger language plpgsql set timezone = 'UTC' as $$
declare
    rows_by_code jsonb := nullif(current_setting('catalog.source_rows', true), '')::jsonb;
    last_position bigint;
begin
    select coalesce(max(c.position), 0) into last_position from catalog.changes c;
    insert into catalog.changes (position, list, record_id, code, kind, version, fields, record, changed_by, way, source, source_row, at)
    select last_position + row_number() over (order by n.id), tg_argv[0], n.id, n.code,
        case when n.is_deleted and not o.is_deleted then 'deleted' when o.is_deleted and not n.is_deleted then 'restored' else 'updated' end, n.version,
        (
            select jsonb_object_agg(key, jsonb_build_array(b.value, a.value))
            from jsonb_each(catalog.copy_of(to_jsonb(o))) b join jsonb_each(catalog.copy_of(to_jsonb(n))) a using (key)
            where a.value <> b.value
        ),
        case when o.is_deleted and not n.is_deleted then catalog.copy_of(to_jsonb(n)) end,
        nullif(current_setting('catalog.changed_by', true), '')::bigint, coalesce(nullif(current_setting('catalog.way', true), ''), 'sql'),
        nullif(current_setting('catalog.source', true), ''), (rows_by_code ->> n.code)::int, n.updated_at
    from replaced o join written n on n.id = o.id;
    update catalog.sizes s set size = s.size + d.change
    from (
        select is_active, sum(change) as change
        from (select is_active, 1 as change from written where not is_deleted union all select is_active, -1 from replaced where not is_deleted) c
        group by is_active
    ) d
    where s.list = tg_argv[0] and s.is_active = d.is_active and d.change <> 0;
    return null;
end $$;

do $$
declare
    list record;
begin
    for list in select * from (values ('project', 'projects'), ('client', 'clients'), ('nomenklatura', 'items')) lists (name, relation) loop
        insert into catalog.sizes (list, is_active) values (list.name, true), (list.name, false);
        execute format('create trigger %s_turn before insert or update on catalog.%1$s for each statement execute function catalog.take_turn()', list.relation);
        execute format('create trigger %s_stay before delete or truncate on catalog.%1$s for each statement execute function catalog.refuse_change()', list.relation);
        execute format('create trigger %s_version before update on catalog.%1$s for each row execute function catalog.count_version()', list.relation);
        execute format('create trigger %s_created after insert on catalog.%1$s referencing new table as created for each statement execute function catalog.log_created(%2$L)', list.relation, list.name);
        execute format('create trigger %s_changed after update on catalog.%1$s referencing old table as replaced new table as written for each statement execute function catalog.log_changed(%2$L)', list.relation, list.name);
        -- Lists walk these in order and stop at the page's end; what rides along lets strangers leaf through them without the table.
        execute format('create index %s_created_at on catalog.%1$s (created_at, id) include (is_active) where not is_deleted', list.relation);
        execute format('create index %s_updated_at on catalog.%1$s (updated_at, id) include (is_active) where not is_deleted', list.relation);
        execute format('create index %s_name_order on catalog.%1$s (catalog.fold(name), id) include (is_active) where not is_deleted', list.relation);
        execute format('create index %s_with_images on catalog.%1$s (created_at, id) include (is_active) where not is_deleted and images <> %2$L', list.relation, '[]');
        execute format('create index %s_search on catalog.%1$s using gin (search_text gin_trgm_ops) where not is_deleted', list.relation);
    end loop;
end $$;

create trigger changes_append_only before update or delete or truncate on catalog.changes
    for each statement execute function catalog.refuse_change();
create trigger sizes_stay before delete or truncate on catalog.sizes
    for each statement execute function catalog.refuse_change();

-- Files of images, one for each content.
create table catalog.files (
    id bigint generated always as identity primary key,
    sha256 bytea not null,
    -- Below DATA_DIR/media; random.
    path text collate "C" not null,
    width int not null,
    height int not null,
    bytes bigint not null,
    -- The work on its variants: a queue.
    variants text not null default 'due',
    attempts int not null default 0,
    due_at timestamptz not null,
    error text,
    created_at timestamptz not null,
    constraint files_content unique (sha256),
    constraint files_path unique (path),
    constraint files_hash check (octet_length(sha256) = 32),
    constraint files_size check (width > 0 and height > 0 and bytes > 0 and width::bigint * height <= 40000000),
    constraint files_variants check (variants in ('due', 'made', 'dead'))
);
create index files_due on catalog.files (due_at, id) where variants = 'due';
create index files_dead on catalog.files (id) where variants = 'dead';

create table catalog.images (
    id bigint generated always as identity primary key,
    list text not null,
    record_id bigint not null,
    project_id bigint generated always as (case when list = 'project' then record_id end) stored references catalog.projects (id),
    client_id bigint generated always as (case when list = 'client' then record_id end) stored references catalog.clients (id),
    item_id bigint generated always as (case when list = 'nomenklatura' then record_id end) stored references catalog.items (id),
    file_id bigint not null references catalog.files (id),
    is_main boolean not null default false,
    category text,
    note text,
    position int not null,
    version bigint not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint images_list check (list in ('project', 'client', 'nomenklatura')),
    constraint images_category check (char_length(category) between 1 and 100),
    constraint images_note check (char_length(note) between 1 and 1000),
    constraint images_position check (position between 0 and 1000000)
);
create unique index images_main on catalog.images (list, record_id) where is_main;
create index images_record on catalog.images (list, record_id, position, id);
create index images_created_at on catalog.images (list, created_at, id);
create index images_updated_at on catalog.images (list, updated_at, id);
create index images_project on catalog.images (project_id);
create index images_client on catalog.images (client_id);
create index images_item on catalog.images (item_id);
create index images_file on catalog.images (file_id);
create trigger images_turn before insert or update or delete on catalog.images for each statement execute function catalog.take_turn();

-- What a record shows of its images: kept at the record, so that lists read nothing beside their rows, and its version, its history and the feed
-- tell of its images as of anything else of it.
create function catalog.images_of(list text, record_id bigint) returns jsonb language sql stable as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'id', i.id, 'image_url', '/media/' || f.path, 'width', f.width, 'height', f.height,
        'is_main', i.is_main, 'category', i.category, 'note', i.note, 'position', i.position) order by i.position, i.id), '[]')
    from catalog.images i join catalog.files f on f.id = i.file_id
    where i.list = $1 and i.record_id = $2
$$;
