-- How far the job has come that queues the mails which fall due by the clock. What goes out twice or not is decided by the outbox's
-- unique key alone; this only keeps each run from looking at everything again.

-- Thank-you mails are queued for all who registered up to here.
create table events.thank_you_progress (
    only_row boolean primary key default true check (only_row),
    registered_until timestamptz not null
);

-- Events whose reminders are all queued, for this start. One row per event is enough: moved to another start it is looked at anew, for
-- those who have enrolled since; whoever has been reminded already has a row in the outbox, whose key names the enrolment and no start.
create table events.reminded_events (
    event_id bigint primary key references events.events (id),
    starts_at timestamptz not null
);
