-- What the kernel keeps for every module.

-- Things to be done after a commit, each at most once per (kind, subject).
create table kernel.outbox (
    id bigint generated always as identity primary key,
    kind text not null,
    subject text not null,
    payload jsonb not null,
    due_at timestamptz not null,
    state text not null default 'pending' check (state in ('pending', 'sent', 'dead')),
    attempts int not null default 0 check (attempts >= 0),
    locked_until timestamptz,
    last_error text,
    created_at timestamptz not null default now(),
    sent_at timestamptz,
    constraint outbox_once unique (kind, subject)
);

create index outbox_due on kernel.outbox (due_at, id) where state = 'pending';
create index outbox_dead on kernel.outbox (id) where state = 'dead';

-- The first answer to a request that carried an Idempotency-Key, replayed for 24 hours.
create table kernel.idempotency_keys (
    scope text not null,
    key text not null,
    request_hash bytea not null,
    status int not null,
    content_type text,
    location text,
    body bytea not null,
    created_at timestamptz not null,
    primary key (scope, key)
);

create index idempotency_keys_age on kernel.idempotency_keys (created_at);

-- Who did what to accounts and rights. Rows are only ever added.
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
