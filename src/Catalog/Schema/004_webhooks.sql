-- Who is told of the changes of a list.
create table catalog.webhooks (
    id bigint generated always as identity primary key,
    list text not null,
    url text not null,
    -- Sealed under a key that is not in the database.
    secret bytea not null,
    is_active boolean not null default true,
    -- When the receiver answered that it is gone.
    gone_at timestamptz,
    -- Positions of catalog.changes. Nothing up to the first concerns it; the changes of its list from there up to the second are in its deliveries.
    began_after bigint not null,
    told bigint not null,
    -- One worker at a time: until then, and for the how many-th time, so that one who comes late finds that he is late.
    leased_until timestamptz,
    lease bigint not null default 0,
    created_at timestamptz not null,
    constraint webhooks_list check (list in ('project', 'client', 'nomenklatura')),
    constraint webhooks_url check (char_length(url) between 1 and 2000),
    constraint webhooks_positions check (0 <= began_after and began_after <= told),
    constraint webhooks_gone check (gone_at is null or not is_active)
);
-- Whoever asks twice has not two, of which one has a secret that nobody knows. Addresses are longer than an index takes.
create unique index webhooks_once on catalog.webhooks (list, md5(url));

create table catalog.webhook_deliveries (
    id bigint generated always as identity primary key,
    webhook_id bigint not null references catalog.webhooks (id) on delete cascade,
    event text not null,
    -- What receivers tell it by, and a repetition of it. Random: numbers are given again, to other changes, once a backup has been restored.
    sent_as uuid not null default gen_random_uuid(),
    -- The delivery whose body it has. Without a foreign key: that one may be forgotten first.
    replay_of bigint,
    -- The changes of the list from a position up to and with another; before them `since` was told. What they are stands in catalog.changes, which forgets nothing.
    since bigint,
    first_position bigint,
    last_position bigint,
    changes int not null default 0,
    state text not null default 'waiting',
    attempts int not null default 0,
    next_attempt_at timestamptz,
    first_attempt_at timestamptz,
    last_attempt_at timestamptz,
    -- Of the last attempt: what was answered, or why nothing was.
    status int,
    answer text,
    error text,
    duration_ms int,
    created_at timestamptz not null,
    ended_at timestamptz,
    constraint webhook_deliveries_event check (event in ('changes', 'ping')),
    constraint webhook_deliveries_state check (state in ('waiting', 'delivered', 'dead')),
    constraint webhook_deliveries_waiting check ((state = 'waiting') = (next_attempt_at is not null) and (state = 'waiting') = (ended_at is null)),
    constraint webhook_deliveries_part check (
        case event when 'ping' then num_nulls(since, first_position, last_position) = 3 and changes = 0
        else num_nulls(since, first_position, last_position) = 0 and since < first_position and first_position <= last_position and changes > 0 end),
    constraint webhook_deliveries_attempts check (attempts >= 0),
    constraint webhook_deliveries_texts check (char_length(answer) <= 500 and char_length(error) <= 500)
);

-- In order: the next changes of a subscription come when those before them have been delivered or given up.
create unique index webhook_deliveries_in_order on catalog.webhook_deliveries (webhook_id) where state = 'waiting' and event = 'changes' and replay_of is null;
create index webhook_deliveries_due on catalog.webhook_deliveries (webhook_id, next_attempt_at, id) where state = 'waiting';
create index webhook_deliveries_log on catalog.webhook_deliveries (webhook_id, id);
create index webhook_deliveries_dead on catalog.webhook_deliveries (webhook_id) where state = 'dead';
create index webhook_deliveries_ended on catalog.webhook_deliveries (ended_at) where ended_at is not null;
