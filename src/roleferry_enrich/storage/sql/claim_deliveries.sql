-- Takes messages that are due, for one sender until the lease ends.
--
-- No endpoint has more than :per_endpoint under way, no account more than :per_account, and
-- accounts take turns: ten thousand messages to a slow endpoint hold up nobody else. Whoever
-- claims holds an advisory lock, so that what is counted here stays as it was counted.
WITH busy AS (
    SELECT account_id, endpoint_id, count(*) AS number
    FROM webhook_deliveries
    WHERE state = 'waiting' AND leased_until > statement_timestamp()
    GROUP BY account_id, endpoint_id
),
due AS (
    SELECT
        d.account_id,
        d.id,
        d.due_at,
        coalesce(busy.number, 0)
            + row_number() OVER (PARTITION BY e.account_id, e.id ORDER BY d.due_at, d.id) AS turn
    FROM webhook_endpoints AS e
    LEFT JOIN busy ON busy.account_id = e.account_id AND busy.endpoint_id = e.id
    CROSS JOIN LATERAL (
        SELECT account_id, id, due_at
        FROM webhook_deliveries
        WHERE account_id = e.account_id AND endpoint_id = e.id
            AND state = 'waiting' AND due_at <= statement_timestamp()
        ORDER BY due_at
        LIMIT :per_endpoint
    ) AS d
    WHERE e.disabled_at IS NULL
        AND (e.paused_until IS NULL OR e.paused_until <= statement_timestamp())
),
fair AS (
    SELECT
        account_id,
        id,
        due_at,
        coalesce((SELECT sum(number) FROM busy WHERE busy.account_id = due.account_id), 0)
            + row_number() OVER (PARTITION BY account_id ORDER BY turn, due_at) AS turn
    FROM due
    WHERE turn <= :per_endpoint
),
chosen AS (
    SELECT account_id, id
    FROM fair
    WHERE turn <= :per_account
    ORDER BY turn, due_at
    LIMIT :slots
)
UPDATE webhook_deliveries AS d
SET
    due_at = clock_timestamp() + :lease,
    leased_until = clock_timestamp() + :lease,
    epoch = d.epoch + 1
FROM chosen, webhook_endpoints AS e
WHERE d.account_id = chosen.account_id AND d.id = chosen.id
    -- Again, because it may have been settled since it was chosen.
    AND d.state = 'waiting' AND d.due_at <= statement_timestamp()
    AND e.account_id = d.account_id AND e.id = d.endpoint_id
RETURNING
    d.account_id,
    d.id,
    d.endpoint_id,
    d.epoch,
    d.event_id,
    d.body,
    d.tries,
    coalesce(d.url, e.url) AS url,
    e.is_callback,
    e.secret,
    CASE WHEN e.old_secret_until > clock_timestamp() THEN e.old_secret END AS old_secret,
    clock_timestamp() AS claimed_at
