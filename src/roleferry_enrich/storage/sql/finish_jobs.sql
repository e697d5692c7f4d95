-- End the jobs that have nothing left to do. Each question has an index that holds only what waits
-- or runs, so that a job of any size is looked at in no time.
UPDATE jobs SET finished_at = clock_timestamp()
WHERE finished_at IS NULL
    AND NOT EXISTS (
        SELECT FROM job_items AS item
        WHERE item.account_id = jobs.account_id AND item.job_id = jobs.id AND item.state = 'queued'
    )
    AND NOT EXISTS (
        SELECT FROM job_items AS item
        WHERE item.account_id = jobs.account_id AND item.job_id = jobs.id AND item.state = 'running'
    )
RETURNING account_id, id, total, callback_url, finished_at
