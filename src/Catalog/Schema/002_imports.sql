-- Files of master data on their way into a list. One per list at a time: until it has ended, the next is refused.
create table catalog.imports (
    id bigint generated always as identity primary key,
    task_id text collate "C" not null,
    list text not null,
    file_name text not null,
    headings text[] not null,
    -- Of identity.users, like in catalog.changes.
    started_by bigint not null,
    -- Whether whoever started it may add records, not only change them.
    may_add boolean not null,
    confirmed_by bigint,
    status text not null default 'pending',
    started_at timestamptz not null,
    touched_at timestamptz not null,
    completed_at timestamptz,
    -- Rows of the file; null until it has been read once.
    total int,
    -- The number in the file of the last row that is done, together with all that it changed.
    last_row int not null default 0,
    processed int not null default 0,
    created int not null default 0,
    updated int not null default 0,
    unchanged int not null default 0,
    errors int not null default 0,
    -- How many active records the file would make inactive, of how many.
    deactivations int,
    active bigint,
    -- Beginnings since the last row that was done: what ends the server each time is given up.
    attempts int not null default 0,
    error_key text,
    error_arguments text[] not null default '{}',
    constraint imports_task_id unique (task_id),
    constraint imports_list check (list in ('project', 'client', 'nomenklatura')),
    constraint imports_status check (status in ('pending', 'running', 'needs_confirmation', 'completed', 'failed', 'cancelled')),
    constraint imports_counts check (least(created, updated, unchanged, errors) >= 0 and processed = created + updated + unchanged + errors),
    constraint imports_total check (processed <= coalesce(total, 0) and (status <> 'completed' or processed = total)),
    constraint imports_end check ((completed_at is not null) = (status in ('completed', 'failed', 'cancelled'))),
    constraint imports_error check ((error_key is not null) = (status = 'failed'))
);

create unique index imports_one_per_list on catalog.imports (list) where completed_at is null;
create index imports_completed on catalog.imports (completed_at);

create table catalog.import_refusals (
    import_id bigint not null references catalog.imports (id) on delete cascade,
    row_number int not null,
    -- As they stood in the file.
    cells jsonb not null,
    -- Messages by their keys: they are told in the reader's language.
    faults jsonb not null,
    constraint import_refusals_pkey primary key (import_id, row_number)
);
