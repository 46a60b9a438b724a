create schema identity;

-- Staff search for pieces of names among all accounts, and that needs trigrams. The extension is trusted: whoever may create in the
-- database may add it.
do $$
begin
    create extension if not exists pg_trgm;
exception when insufficient_privilege or undefined_file or feature_not_supported then
    raise exception 'The database lacks the PostgreSQL extension pg_trgm (%)', sqlerrm
        using errcode = sqlstate,
              hint = 'Install the contrib package of your PostgreSQL, then let an administrator run: CREATE EXTENSION pg_trgm;';
end $$;

-- How text is compared when letter case must not matter, in every script and whatever the locale of the database; the four
-- apostrophes that people type in oʻ and gʻ are one.
create function identity.fold(value text) returns text language sql immutable strict parallel safe
    return translate(lower(value collate "und-x-icu"), '‘’ʻʼ`', '''''''''''') collate "C";

-- One account serves every module. Email and username are kept in lower case and the phone as E.164, so that a plain unique index
-- holds in every spelling; a username can be neither an email nor a phone, so that one sign-in field can take all three.
create table identity.users (
    id bigint generated always as identity primary key,
    email text check (email = lower(email collate "C") and email like '%_@_%'),
    phone text check (phone ~ '^\+[1-9][0-9]{6,14}$'),
    username text check (username ~ '^[a-z][a-z0-9._-]{0,149}$'),
    full_name text not null default '',
    password_hash text,
    roles text[] not null default '{}'
        check (roles <@ array['Seeker', 'Facilitator', 'Clinic', 'Doctor', 'Registrar'] and array_position(roles, null) is null),
    is_active boolean not null default true,
    is_staff boolean not null default false,
    is_superuser boolean not null default false,
    email_verified boolean not null default false,
    phone_verified boolean not null default false,
    language text not null default 'uz' check (language in ('uz', 'uz-Cyrl', 'ru', 'en', 'kaa')),
    date_joined timestamptz not null,
    last_login timestamptz,
    search_text text not null generated always as (
        identity.fold(full_name || E'\n' || coalesce(email, '') || E'\n' || coalesce(phone, '') || E'\n' || coalesce(username, ''))) stored,
    constraint users_reachable check (num_nonnulls(email, phone, username) > 0),
    constraint users_email unique (email),
    constraint users_phone unique (phone),
    constraint users_username unique (username)
);

create index users_staff on identity.users (id) where is_staff or is_superuser;
create index users_joined on identity.users (date_joined, id);
create index users_search on identity.users using gin (search_text gin_trgm_ops);
create index users_roles on identity.users using gin (roles);

-- One sign-in on one device. Rows are kept for a while after the end, so that every node can learn which tokens are dead.
create table identity.sessions (
    id text primary key,
    user_id bigint not null references identity.users on delete cascade,
    device text not null,
    address text,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    end_reason text,
    check ((ended_at is null) = (end_reason is null))
);

create index sessions_user on identity.sessions (user_id, last_seen_at, id);
create index sessions_ended on identity.sessions (ended_at) where ended_at is not null;
create index sessions_expiry on identity.sessions (expires_at);

-- Of a refresh token only the hash of its random id is kept. One that was rotated stays until it expires, so that its reuse is noticed.
create table identity.refresh_tokens (
    hash bytea primary key,
    session_id text not null references identity.sessions on delete cascade,
    expires_at timestamptz not null,
    rotated_at timestamptz
);

create index refresh_tokens_session on identity.refresh_tokens (session_id);
create index refresh_tokens_expiry on identity.refresh_tokens (expires_at);

-- The last code sent to a recipient for a purpose. Recipients are keyed hashes, and people without an account have rows too: a request
-- for one leaves the same traces as for the other. A new code replaces the old, which is then void.
create table identity.one_time_codes (
    id bigint generated always as identity primary key,
    recipient bytea not null,
    purpose text not null check (purpose in ('verify_email', 'reset_password')),
    hash bytea not null,
    expires_at timestamptz not null,
    attempts int not null default 0 check (attempts >= 0),
    used_at timestamptz,
    constraint one_time_codes_latest unique (recipient, purpose)
);

create index one_time_codes_expiry on identity.one_time_codes (expires_at);

-- How many codes a recipient was sent of late, whatever they were for.
create table identity.code_limits (
    recipient bytea primary key,
    sent_at timestamptz not null,
    hour_started_at timestamptz not null,
    hour_count int not null check (hour_count between 1 and 5)
);

create index code_limits_age on identity.code_limits (sent_at);

-- What other modules may read of an account; columns are only ever added.
create view identity.people as
    select id, email, full_name, language, is_active, roles, username from identity.users;
