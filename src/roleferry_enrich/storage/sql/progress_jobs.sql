-- Jobs of which another tenth has ended, of accounts that want to be told: counted only for these,
-- by indexes that hold only what waits or runs, and of each told once in a while.
WITH watched AS (
    SELECT account_id, id, total, progress FROM jobs
    WHERE finished_at IS NULL AND coalesce(progress_at < clock_timestamp() - :pace, true)
        AND EXISTS (
            SELECT FROM webhook_endpoints AS endpoint
            WHERE endpoint.account_id = jobs.account_id AND endpoint.disabled_at IS NULL
                AND :event = ANY (endpoint.events)
        )
),
counted AS (
    SELECT account_id, id, progress, total - (
        SELECT count(*) FROM job_items AS item
        WHERE item.account_id = watched.account_id AND item.job_id = watched.id
            AND item.state = 'queued'
    ) - (
        SELECT count(*) FROM job_items AS item
        WHERE item.account_id = watched.account_id AND item.job_id = watched.id
            AND item.state = 'running'
    ) AS ended
    FROM watched
)
UPDATE jobs
SET progress = counted.ended * 10 / jobs.total, progress_at = clock_timestamp()
FROM counted
WHERE jobs.account_id = counted.account_id AND jobs.id = counted.id AND jobs.finished_at IS NULL
    AND counted.ended < jobs.total AND counted.ended * 10 / jobs.total > counted.progress
RETURNING jobs.account_id, jobs.id, jobs.total, counted.ended, jobs.progress_at
