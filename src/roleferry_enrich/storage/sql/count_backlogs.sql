-- What waits to be done, and since when what should have been next is due. Each by an index that
-- holds only that, and never more than :most of it: beyond that a number tells nothing new. Items
-- of a job are taken in their order, so that the age of its first one that waits is enough.
SELECT
    (SELECT count(*) FROM (
        SELECT FROM job_items WHERE state = 'queued' LIMIT :most
    ) AS counted) AS items,
    (SELECT min(first.next_at) FROM jobs
        CROSS JOIN LATERAL (
            SELECT next_at FROM job_items AS item
            WHERE item.account_id = jobs.account_id AND item.job_id = jobs.id
                AND item.state = 'queued'
            ORDER BY item.number LIMIT 1
        ) AS first
        WHERE jobs.finished_at IS NULL
    ) AS item_due_at,
    (SELECT count(*) FROM (
        SELECT FROM job_items WHERE state = 'running' LIMIT :most
    ) AS counted) AS running,
    (SELECT count(*) FROM (
        SELECT FROM webhook_deliveries WHERE state = 'waiting' LIMIT :most
    ) AS counted) AS messages,
    (SELECT min(first.due_at) FROM webhook_endpoints AS endpoint
        CROSS JOIN LATERAL (
            SELECT due_at FROM webhook_deliveries AS delivery
            WHERE delivery.account_id = endpoint.account_id
                AND delivery.endpoint_id = endpoint.id AND delivery.state = 'waiting'
            ORDER BY delivery.due_at LIMIT 1
        ) AS first
        WHERE endpoint.disabled_at IS NULL
    ) AS message_due_at,
    (SELECT count(*) FROM (
        SELECT FROM webhook_events WHERE state = 'waiting' LIMIT :most
    ) AS counted) AS events,
    (SELECT min(due_at) FROM webhook_events WHERE state = 'waiting') AS event_due_at,
    (SELECT count(*) FROM (
        SELECT FROM webhook_events WHERE state = 'dead' LIMIT :most
    ) AS counted) AS dead_events,
    clock_timestamp() AS now
