-- Write down what became of an item, if the lease still is ours. To what this try cost comes what
-- the books have of those whose worker did not live to tell; what such a one had under way is not
-- in the books yet, and counts in full. A call that was shared is booked whole for one item and
-- told in parts, so that only the sum over items is exact.
WITH mine AS (
    SELECT account_id, deaths, tries[1:cardinality(tries) - 1] AS untold FROM job_items
    WHERE account_id = :account_id AND job_id = :job_id AND number = :number
),
books AS (
    SELECT
        coalesce((
            SELECT sum(calls.cost) FROM provider_calls AS calls
            WHERE calls.account_id = mine.account_id AND calls.enrichment_id = ANY (mine.untold)
        ), 0) + CASE WHEN mine.deaths = 0 THEN 0 ELSE coalesce((
            SELECT sum(lost.price) FROM call_intents AS lost
            WHERE lost.account_id = mine.account_id AND lost.enrichment_id = ANY (mine.untold)
                AND lost.reply IS NULL AND lost.expires_at <= clock_timestamp()
        ), 0) END + :cost AS cost
    FROM mine
)
UPDATE job_items AS item
SET cost = item.cost + books.cost,
    tries = '{}',
    held = CASE WHEN :is_owed THEN greatest(item.held - books.cost, 0) ELSE 0 END,
    state = CASE item.state WHEN 'running' THEN :state ELSE item.state END,
    reason = CASE item.state WHEN 'running' THEN :reason ELSE item.reason END,
    enrichment_id = CASE item.state WHEN 'running' THEN :enrichment_id ELSE item.enrichment_id END,
    cache_hits = item.cache_hits + :cache_hits,
    lease_until = NULL,
    settled_at = CASE item.state WHEN 'running' THEN clock_timestamp() ELSE item.settled_at END
FROM books
WHERE item.account_id = :account_id AND item.job_id = :job_id AND item.number = :number
    AND item.epoch = :epoch AND item.state IN ('running', 'cancelled')
    AND cardinality(item.tries) > 0
RETURNING item.enrichment_id IS NOT DISTINCT FROM :enrichment_id AND item.state = :state AS is_ours
