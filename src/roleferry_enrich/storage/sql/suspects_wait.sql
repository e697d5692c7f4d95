-- Whether an item waits that must run alone; the number is that of the index, and of SUSPECTED.
SELECT EXISTS (
    SELECT FROM job_items
    JOIN jobs ON jobs.account_id = job_items.account_id AND jobs.id = job_items.job_id
    WHERE job_items.state = 'queued' AND job_items.deaths >= 2 AND jobs.finished_at IS NULL
)
