-- End the leases of workers that died: each of their items has died once more with them, and the
-- calls they had under way are overdue now, so that who asks next need not wait for a dead process.
-- Of a lease only the time counts in which somebody swept: while the database was away, those alive
-- could not renew theirs.
WITH expired AS (
    UPDATE job_items
    SET state = CASE WHEN deaths + 1 >= :most THEN 'dead' ELSE 'queued' END,
        reason = CASE WHEN deaths + 1 >= :most THEN 'worker_died' END,
        settled_at = CASE WHEN deaths + 1 >= :most THEN clock_timestamp() END,
        deaths = deaths + 1,
        lease_until = NULL
    WHERE state = 'running' AND lease_until < clock_timestamp() AND :lease <= (
            SELECT sum(sweeps.ended_at - greatest(sweeps.began_at, lease_until - :lease))
            FROM sweeps WHERE sweeps.ended_at > lease_until - :lease
        )
    RETURNING account_id, tries
),
overdue AS (
    UPDATE call_intents SET expires_at = clock_timestamp()
    FROM expired
    WHERE call_intents.account_id = expired.account_id
        AND call_intents.enrichment_id = ANY (expired.tries)
        AND call_intents.reply IS NULL
)
SELECT count(*) FROM expired
