-- Lease items to one worker: the accounts take turns, whoever has least under way first, and within
-- an account its urgent jobs come first. Candidates are looked for without locking; who else looks
-- at the same moment takes others.
WITH busy AS (
    SELECT account_id, count(*) AS under_way
    FROM job_items WHERE state = 'running' GROUP BY account_id
),
waiting AS (
    SELECT
        jobs.account_id, jobs.id AS job_id, item.number, jobs.created_at, jobs.max_cost,
        jobs.key_id,
        coalesce(busy.under_way, 0) + row_number() OVER (
            PARTITION BY jobs.account_id
            ORDER BY jobs.priority DESC, jobs.created_at, jobs.id, item.number
        ) AS turn
    FROM jobs
    LEFT JOIN busy ON busy.account_id = jobs.account_id
    CROSS JOIN LATERAL (
        SELECT number FROM job_items
        WHERE account_id = jobs.account_id AND job_id = jobs.id AND state = 'queued'
            AND next_at <= clock_timestamp() AND (deaths >= :suspected) = :suspects
        ORDER BY number
        LIMIT :wide
    ) AS item
    WHERE jobs.finished_at IS NULL
    ORDER BY turn, jobs.created_at, jobs.id
    LIMIT :wide
),
taken AS (
    SELECT item.account_id, item.job_id, item.number, waiting.max_cost, waiting.key_id,
        waiting.created_at
    FROM job_items AS item
    JOIN waiting USING (account_id, job_id, number)
    WHERE item.state = 'queued'
    ORDER BY waiting.turn, waiting.created_at
    LIMIT :most
    FOR UPDATE OF item SKIP LOCKED
)
UPDATE job_items AS item
SET state = 'running',
    epoch = item.epoch + 1,
    lease_until = clock_timestamp() + :lease,
    tries = item.tries || gen_random_uuid()
FROM taken
WHERE item.account_id = taken.account_id
    AND item.job_id = taken.job_id
    AND item.number = taken.number
RETURNING item.account_id, item.job_id, item.number, item.epoch, item.request, item.tries,
    item.held, item.delays, taken.max_cost, taken.key_id, taken.created_at
