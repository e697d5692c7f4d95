-- Write down what became of an item, if the lease still is ours. The cost is that of every try, also
-- of those whose worker died, as the books have it.
WITH books AS (
    SELECT coalesce(sum(calls.cost), 0) AS cost
    FROM job_items AS item
    JOIN provider_calls AS calls
        ON calls.account_id = item.account_id AND calls.enrichment_id = ANY (item.tries)
    WHERE item.account_id = :account_id AND item.job_id = :job_id AND item.number = :number
)
UPDATE job_items AS item
SET cost = books.cost,
    held = CASE WHEN :is_owed THEN greatest(item.held - books.cost + item.cost, 0) ELSE 0 END,
    state = CASE item.state WHEN 'running' THEN :state ELSE item.state END,
    reason = CASE item.state WHEN 'running' THEN :reason ELSE item.reason END,
    enrichment_id = CASE item.state WHEN 'running' THEN :enrichment_id ELSE item.enrichment_id END,
    cache_hits = item.cache_hits + :cache_hits,
    lease_until = NULL,
    settled_at = CASE item.state WHEN 'running' THEN clock_timestamp() ELSE item.settled_at END
FROM books
WHERE item.account_id = :account_id AND item.job_id = :job_id AND item.number = :number
    AND item.epoch = :epoch AND item.state IN ('running', 'cancelled')
RETURNING item.enrichment_id IS NOT DISTINCT FROM :enrichment_id AND item.state = :state AS is_ours
