-- Forgets calls that were not made, or whose replies are of no use.
--
-- $1..$3  their questions, ids and accounts
--
-- One that was booked as lost meanwhile, and now says that it was never made, was not.
WITH never_made AS (
    DELETE FROM provider_calls
    USING unnest($1::bytea[], $2::uuid[], $3::uuid[]) AS given (question, id, account_id)
    WHERE provider_calls.account_id = given.account_id
        AND provider_calls.id = given.id
        AND provider_calls.outcome = 'lost'
)
DELETE FROM call_intents
USING (
    SELECT held.question, held.id
    FROM call_intents AS held
    JOIN unnest($1::bytea[], $2::uuid[], $3::uuid[]) AS given (question, id, account_id)
        USING (question, id, account_id)
    ORDER BY held.question
    FOR UPDATE OF held
) AS struck
WHERE call_intents.question = struck.question
    AND call_intents.id = struck.id
