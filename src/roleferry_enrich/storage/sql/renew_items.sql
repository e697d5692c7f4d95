-- Lease them for longer, where they still are ours.
WITH held AS (
    SELECT * FROM unnest(
        CAST(:accounts AS uuid[]), CAST(:jobs AS uuid[]),
        CAST(:numbers AS integer[]), CAST(:epochs AS integer[])
    ) AS held (account_id, job_id, number, epoch)
)
UPDATE job_items AS item
SET lease_until = clock_timestamp() + :lease
FROM held
WHERE item.account_id = held.account_id AND item.job_id = held.job_id
    AND item.number = held.number AND item.epoch = held.epoch AND item.state = 'running'
RETURNING item.account_id, item.job_id, item.number, item.epoch
