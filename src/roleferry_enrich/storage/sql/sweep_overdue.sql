-- As write_off.sql, for calls that nobody asked for again.
--
-- $1      at most so many
-- result  what was lost
--
-- A little later than those who wait for the answer would, who are rather to find it.
WITH late AS (
    SELECT question
    FROM call_intents
    WHERE reply IS NULL AND expires_at <= clock_timestamp() - interval '10 seconds'
    ORDER BY question
    LIMIT $1
    FOR UPDATE SKIP LOCKED
),
overdue AS (
    DELETE FROM call_intents USING late WHERE call_intents.question = late.question
    RETURNING call_intents.*
)
INSERT INTO provider_calls (
    account_id, id, enrichment_id, conversation, provider, capability,
    attempt, outcome, cost, sent_at, latency, permit_wait
)
SELECT
    account_id, id, enrichment_id, conversation, provider, capability,
    attempt, 'lost', price, noted_at, clock_timestamp() - noted_at, interval '0'
FROM overdue
ORDER BY id
ON CONFLICT (account_id, id) DO NOTHING
RETURNING id, provider, capability, cost
