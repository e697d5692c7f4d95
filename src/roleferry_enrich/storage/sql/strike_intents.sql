-- Forgets calls that were not made, or whose replies are of no use.
--
-- $1..$3  their questions, ids and accounts
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
