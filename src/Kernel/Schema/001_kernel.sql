-- What the kernel keeps for every module.

-- Things to be done after a commit, each at most once per (kind, subject).
create table kernel.outbox (
    id bigint generated always as identity primary key,
    kind text not null,
    subject text not null,
    -- Emptied when done: it may hold what must not lie around, such as a one-time code.
    payload jsonb not null,
    -- 0 urgent, 1 normal, 2 low.
    priority smallint not null default 1 check (priority between 0 and 2),
    due_at timestamptz not null,
    state text not null default 'pending' check (state in ('pending', 'sent', 'skipped', 'dead')),
    attempts int not null default 0 check (attempts >= 0),
    -- Nobody takes it before: leased to a worker, or waiting to be tried again.
    locked_until timestamptz,
    -- Why the last attempt failed, or why it was skipped.
    last_error text,
    created_at timestamptz not null default now(),
    done_at timestamptz,
    constraint outbox_once unique (kind, subject)
);

create index outbox_due on kernel.outbox (priority, (coalesce(locked_until, due_at)), id) where state = 'pending';
create index outbox_dead on kernel.outbox (id) where state = 'dead';
create index outbox_done on kernel.outbox (done_at) where done_at is not null;

-- Only urgent rows wake the workers, the others are found within a second: every transaction that notifies takes one lock of the
-- whole server until its commit, which thousands of registrations a second must not wait for.
create function kernel.wake_outbox() returns trigger language plpgsql as $$
begin
    perform pg_notify('maydon', 'outbox:');
    return null;
end $$;

create trigger outbox_urgent after insert on kernel.outbox for each row when (new.priority = 0) execute function kernel.wake_outbox();

-- The last run of every scheduled job.
create table kernel.job_runs (
    name text primary key,
    started_at timestamptz not null,
    finished_at timestamptz not null,
    error text
);

-- The scheduler makes its own tables here when it first starts.
create schema quartz;

-- The first answer to a request that carried an Idempotency-Key, replayed for 24 hours.
create table kernel.idempotency_keys (
    scope text not null,
    key text not null,
    request_hash bytea not null,
    status int not null,
    content_type text,
    location text,
    etag text,
    body bytea not null,
    created_at timestamptz not null,
    primary key (scope, key)
);

create index idempotency_keys_age on kernel.idempotency_keys (created_at);

-- Who did what to accounts and rights. Rows are never changed, and deleted only when they are older than AUDIT_KEEP_DAYS.
create table kernel.audit_log (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    action text not null,
    user_id bigint,
    actor_id bigint,
    address text,
    details jsonb not null default '{}'
);

create index audit_log_user on kernel.audit_log (user_id, id);
create index audit_log_at on kernel.audit_log (at);
