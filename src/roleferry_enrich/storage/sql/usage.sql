-- What an account used from one moment to another: by day, provider, field and API key.
--
-- Money is of the books, credits of the ledger's charges; an enrichment counts on the day it was
-- asked for, a call on the day it was made. Calls for lists of addresses are no enrichment's.
WITH calls AS (
    SELECT
        (sent_at AT TIME ZONE 'UTC')::date::text AS day, provider, cost,
        coalesce(used.key_id, charge.key_id) AS key_id
    FROM provider_calls AS call
    LEFT JOIN enrichment_usage AS used USING (account_id, enrichment_id)
    LEFT JOIN credit_charges AS charge
        ON charge.account_id = call.account_id AND charge.id = call.enrichment_id
    WHERE call.account_id = :account_id AND sent_at >= :since AND sent_at < :until
),
asked AS (
    SELECT (asked_at AT TIME ZONE 'UTC')::date::text AS day, key_id, is_cached, fields
    FROM enrichment_usage
    WHERE account_id = :account_id AND asked_at >= :since AND asked_at < :until
),
charges AS (
    SELECT (begun_at AT TIME ZONE 'UTC')::date::text AS day, key_id, charged, parts
    FROM credit_charges
    WHERE account_id = :account_id AND begun_at >= :since AND begun_at < :until AND charged > 0
),
lines (by, value, enrichments, cached, calls, cost, credits) AS (
    SELECT 'day', day, count(*), count(*) FILTER (WHERE is_cached), 0, 0, 0 FROM asked GROUP BY day
    UNION ALL
    SELECT 'day', day, 0, 0, count(*), sum(cost), 0 FROM calls GROUP BY day
    UNION ALL
    SELECT 'day', day, 0, 0, 0, 0, sum(charged) FROM charges GROUP BY day
    UNION ALL
    SELECT 'provider', provider, 0, 0, count(*), sum(cost), 0 FROM calls GROUP BY provider
    UNION ALL
    SELECT 'field', field, count(*), count(*) FILTER (WHERE is_cached), 0, 0, 0
    FROM asked, unnest(fields) AS field GROUP BY field
    UNION ALL
    SELECT 'field', part.key, 0, 0, 0, 0, sum(part.value::bigint)
    FROM charges, jsonb_each_text(parts) AS part GROUP BY part.key
    UNION ALL
    SELECT 'key', key_id, count(*), count(*) FILTER (WHERE is_cached), 0, 0, 0
    FROM asked GROUP BY key_id
    UNION ALL
    SELECT 'key', key_id, 0, 0, count(*), sum(cost), 0 FROM calls GROUP BY key_id
    UNION ALL
    SELECT 'key', key_id, 0, 0, 0, 0, sum(charged) FROM charges GROUP BY key_id
)
SELECT
    by, value,
    sum(enrichments)::bigint AS enrichments, sum(cached)::bigint AS cached,
    sum(calls)::bigint AS calls, sum(cost)::bigint AS cost, sum(credits)::bigint AS credits
FROM lines
GROUP BY by, value
ORDER BY by, value
