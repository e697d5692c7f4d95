-- Give them back. A try that never began is none.
WITH held AS (
    SELECT * FROM unnest(
        CAST(:accounts AS uuid[]), CAST(:jobs AS uuid[]),
        CAST(:numbers AS integer[]), CAST(:epochs AS integer[])
    ) AS held (account_id, job_id, number, epoch)
)
UPDATE job_items AS item
SET state = 'queued', lease_until = NULL, next_at = clock_timestamp() + :pause,
    delays = item.delays + :delays,
    tries = item.tries[1:cardinality(item.tries) - :unused]
FROM held
WHERE item.account_id = held.account_id AND item.job_id = held.job_id
    AND item.number = held.number AND item.epoch = held.epoch AND item.state = 'running'
