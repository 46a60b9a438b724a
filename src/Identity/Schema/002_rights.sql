-- As the code spells them. Whether a module knows such a permission is the code's to check: a module that is off knows none, and
-- what was granted of it is to be there when it is on again.
create function identity.are_permissions(value text[]) returns boolean language sql immutable strict parallel safe
    return (
        select count(*) = count(distinct name) and coalesce(bool_and(name ~ '^[a-z][a-z0-9]*\.(view|add|change|delete)_[a-z][a-z0-9_]*$'), true)
        from unnest(value) name);

-- What the members of a group may. The list is small, and always read and written whole.
create table identity.groups (
    id bigint generated always as identity primary key,
    name text not null check (length(name) between 1 and 150 and name = btrim(name)),
    permissions text[] not null default '{}' check (identity.are_permissions(permissions))
);

create unique index groups_name on identity.groups (identity.fold(name));

create table identity.user_groups (
    user_id bigint not null references identity.users on delete cascade,
    group_id bigint not null constraint user_groups_group references identity.groups on delete cascade,
    primary key (user_id, group_id)
);

create index user_groups_members on identity.user_groups (group_id);

-- Of a key only its hash is kept, and its beginning to tell it by. What it may is never more than its user may at that moment. A
-- revoked one stays, so that whose it was, what it might and when it was used last can still be told; to every history what it did is its user's.
create table identity.api_keys (
    id bigint generated always as identity primary key,
    user_id bigint not null references identity.users on delete cascade,
    name text not null check (length(name) between 1 and 100),
    prefix text not null check (length(prefix) between 1 and 20),
    hash bytea not null check (octet_length(hash) = 32),
    scopes text[] not null check (cardinality(scopes) > 0 and identity.are_permissions(scopes)),
    created_at timestamptz not null,
    expires_at timestamptz check (expires_at > created_at),
    revoked_at timestamptz check (revoked_at >= created_at),
    last_used_at timestamptz,
    constraint api_keys_hash unique (hash)
);

create index api_keys_user on identity.api_keys (user_id, id);
create unique index api_keys_name on identity.api_keys (user_id, name) where revoked_at is null;
