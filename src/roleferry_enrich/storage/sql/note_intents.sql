-- Notes calls that are about to be made, unless an equal one is in the books.
--
-- $1..$10  one array per column of `given`, the rows of one batch
-- result   for each row, in their order: whether it was noted; else the row that stood in its way
--
-- One statement, so that of equal calls exactly one is noted, in whichever process. A row that
-- another statement wrote since ours began stands in the way and is not seen: neither is told,
-- and the caller looks again. Rows are taken in the order of their questions: no deadlock.
WITH given AS (
    SELECT * FROM unnest(
        $1::bytea[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[],
        $6::text[], $7::text[], $8::integer[], $9::bigint[], $10::interval[]
    ) WITH ORDINALITY AS rows (
        question, id, account_id, enrichment_id, conversation,
        provider, capability, attempt, price, lasts, place
    )
),
noted AS (
    INSERT INTO call_intents (
        question, id, account_id, enrichment_id, conversation,
        provider, capability, attempt, price, noted_at, expires_at
    )
    SELECT
        given.question, given.id, given.account_id, given.enrichment_id, given.conversation,
        given.provider, given.capability, given.attempt, given.price,
        clock_timestamp(), clock_timestamp() + given.lasts
    FROM given
    JOIN accounts ON accounts.id = given.account_id
    ORDER BY given.question
    ON CONFLICT (question) DO NOTHING
    RETURNING id
)
SELECT
    noted.id IS NOT NULL AS is_noted,
    accounts.id IS NOT NULL AS is_known,
    held.question, held.id, held.account_id, held.reply,
    clock_timestamp() - held.settled_at AS age,
    held.expires_at - clock_timestamp() AS remaining
FROM given
LEFT JOIN noted ON noted.id = given.id
LEFT JOIN accounts ON accounts.id = given.account_id
LEFT JOIN call_intents AS held ON held.question = given.question
ORDER BY given.place
