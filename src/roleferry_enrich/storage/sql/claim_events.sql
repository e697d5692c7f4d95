-- Leases the events that are due to this worker alone, until the lease ends.
--
-- :most, :lease  at most so many, for so long
-- result         the events
--
-- Of one subject only the earliest that waits: one that is being worked on, or tried again later,
-- waits still, and those after it with it.
WITH due AS (
    SELECT event.provider, event.event_id
    FROM webhook_events AS event
    WHERE event.state = 'waiting'
        AND event.due_at <= clock_timestamp()
        AND NOT EXISTS (
            SELECT FROM webhook_events AS earlier
            WHERE earlier.state = 'waiting'
                AND earlier.provider = event.provider
                AND earlier.subject = event.subject
                AND (earlier.occurred_at, earlier.received_at, earlier.event_id)
                    < (event.occurred_at, event.received_at, event.event_id)
        )
    ORDER BY event.due_at
    LIMIT :most
    FOR UPDATE OF event SKIP LOCKED
)
UPDATE webhook_events AS event
SET due_at = clock_timestamp() + :lease, tries = tries + 1, epoch = epoch + 1
FROM due
WHERE event.provider = due.provider AND event.event_id = due.event_id
RETURNING
    event.provider, event.event_id, event.occurred_at, event.body, event.tries, event.epoch
