create schema events;

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
-- that people type in oʻ and gʻ are one, and that one is a letter, as the alphabet has it.
create function events.fold(value text) returns text language sql immutable strict parallel safe
    return translate(lower(value collate "und-x-icu"), '''‘’ʻ`', 'ʼʼʼʼʼ') collate "C";

-- What is searched: the words of a text with a blank around each, whatever stood between, quotes included. So the trigram index knows where
-- a word begins and ends and finds short ones too; signs, which no trigram holds, are not there to be looked for.
create function events.words(value text) returns text language sql immutable strict parallel safe
    return regexp_replace(
        regexp_replace(
            ' ' || regexp_replace(events.fold(value) collate "und-x-icu", '[^[:alnum:]\u0300-\u036f]+', ' ', 'g') || ' ',
            ' ʼ+', ' ', 'g'),
        'ʼ+ ', ' ', 'g') collate "C";

create table events.events (
    id bigint generated always as identity primary key,
    title text not null,
    description text not null,
    event_type text not null,
    location text,
    join_url text,
    language text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    -- The number of seats is the capacity of the pool ('event', id) in inventory and nowhere else.
    created_by bigint not null references identity.users (id),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    -- Counts the changes of time or place, so that each is announced once.
    notice int not null default 0,
    -- A deleted event is hidden, and stays for those who had registered.
    deleted_at timestamptz,
    -- Of a long description the beginning: an index of 20,000 letters can take 650 kB.
    search_words text not null generated always as (events.words(title || E'\n' || left(description, 2000))) stored,
    location_words text generated always as (events.words(location)) stored,
    constraint events_title check (char_length(title) between 1 and 200),
    constraint events_description check (char_length(description) <= 20000),
    constraint events_type check (event_type in ('ONLINE', 'OFFLINE')),
    constraint events_location check (char_length(location) between 1 and 255),
    constraint events_place check ((event_type = 'OFFLINE') = (location is not null)),
    constraint events_join_url check (join_url is null or event_type = 'ONLINE' and char_length(join_url) between 1 and 2000),
    constraint events_language check (char_length(language) <= 100),
    constraint events_times check (ends_at >= starts_at and isfinite(starts_at) and isfinite(ends_at)),
    constraint events_notice check (notice >= 0)
);

-- Lists walk these in order and stop at the page's end; what rides along lets them be counted and leafed through without the table.
create index events_starts on events.events (starts_at, id) include (ends_at) where deleted_at is null;
create index events_ends on events.events (ends_at) where deleted_at is null;
create index events_type_starts on events.events (event_type, starts_at, id) include (ends_at) where deleted_at is null;
create index events_language_starts on events.events (events.fold(language), starts_at, id) include (ends_at, language) where deleted_at is null;
create index events_created on events.events (created_at, id) where deleted_at is null;
create index events_title on events.events (events.fold(title) collate "C", id) include (title) where deleted_at is null;
create index events_owner on events.events (created_by, created_at, id);
-- Started before a moment and not ended before it: no order of one column finds those.
create index events_running on events.events using gist (tstzrange(starts_at, ends_at, '(]')) where deleted_at is null;
create index events_search on events.events using gin (search_words gin_trgm_ops) where deleted_at is null;
create index events_location on events.events using gin (location_words gin_trgm_ops) where deleted_at is null;

-- The planner does not look at the statistics of partial indexes; guessing, it would walk a million rows to find the running ones.
create statistics events.events_running_statistics on (tstzrange(starts_at, ends_at, '(]')) from events.events;
create statistics events.events_language_statistics on (events.fold(language)) from events.events;
