-- Books calls in full that nobody settled in time, so that they can be bought again.
--
-- $1..$3  the questions, ids and accounts of calls
-- result  those that were lost: not those that are not overdue, or in the books already
WITH overdue AS (
    DELETE FROM call_intents
    USING unnest($1::bytea[], $2::uuid[], $3::uuid[]) AS given (question, id, account_id)
    WHERE call_intents.question = given.question
        AND call_intents.id = given.id
        AND call_intents.account_id = given.account_id
        AND call_intents.reply IS NULL
        AND call_intents.expires_at <= clock_timestamp()
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
