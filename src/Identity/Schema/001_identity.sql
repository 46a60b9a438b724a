create schema identity;

-- One account serves every module.
create table identity.users (
    id bigint generated always as identity primary key,
    email text,
    phone text,
    username text,
    full_name text not null default '',
    password_hash text,
    roles text[] not null default '{}',
    is_active boolean not null default true,
    is_staff boolean not null default false,
    is_superuser boolean not null default false,
    email_verified boolean not null default false,
    phone_verified boolean not null default false,
    language text not null default 'uz',
    date_joined timestamptz not null,
    last_login timestamptz
);

create unique index users_email on identity.users (lower(email));
create unique index users_phone on identity.users (phone);
create unique index users_username on identity.users (lower(username));

-- What other modules may read of an account; columns are only ever added.
create view identity.people as
    select id, email, full_name, language, is_active from identity.users;
