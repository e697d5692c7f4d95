-- Books what calls cost, keeps the replies that were paid for, ends the intents of the others.
--
-- $1..$16  one array per column of `given`, the rows of one batch; a reply may be null
--
-- One statement: a call is never booked without its reply being kept. It may run again, and also
-- after the call was written off as lost: what really came replaces that. The intents are locked
-- first, as whoever writes one off does, and calls are booked in the order of their ids, as whoever
-- records their enrichment does: no deadlock. The row of a call that was written off and
-- bought again stays the other's.
WITH given AS (
    SELECT * FROM unnest(
        $1::bytea[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[],
        $6::text[], $7::text[], $8::integer[], $9::integer[], $10::text[], $11::bigint[],
        $12::timestamptz[], $13::interval[], $14::interval[], $15::bytea[], $16::interval[]
    ) AS rows (
        question, id, account_id, enrichment_id, conversation,
        provider, capability, attempt, status, outcome, cost,
        sent_at, latency, permit_wait, reply, kept_for
    )
    WHERE EXISTS (SELECT FROM accounts WHERE accounts.id = rows.account_id)
),
held AS (
    SELECT call_intents.id
    FROM call_intents
    JOIN given USING (question, id)
    ORDER BY call_intents.question
    FOR UPDATE OF call_intents
),
booked AS (
    INSERT INTO provider_calls (
        account_id, id, enrichment_id, conversation, provider, capability,
        attempt, status, outcome, cost, sent_at, latency, permit_wait
    )
    SELECT
        given.account_id, given.id, given.enrichment_id, given.conversation,
        given.provider, given.capability, given.attempt, given.status, given.outcome,
        given.cost, given.sent_at, given.latency, given.permit_wait
    FROM given
    LEFT JOIN held ON held.id = given.id
    ORDER BY given.id
    ON CONFLICT (account_id, id) DO UPDATE SET
        status = excluded.status, outcome = excluded.outcome, cost = excluded.cost,
        sent_at = excluded.sent_at, latency = excluded.latency
),
kept AS (
    INSERT INTO call_intents (
        question, id, account_id, enrichment_id, conversation, provider, capability,
        attempt, price, noted_at, settled_at, expires_at, reply
    )
    SELECT DISTINCT ON (given.question)
        given.question, given.id, given.account_id, given.enrichment_id, given.conversation,
        given.provider, given.capability, given.attempt, given.cost, given.sent_at,
        clock_timestamp(), clock_timestamp() + given.kept_for, given.reply
    FROM given
    WHERE given.reply IS NOT NULL
    ORDER BY given.question
    ON CONFLICT (question) DO UPDATE SET
        settled_at = excluded.settled_at, expires_at = excluded.expires_at, reply = excluded.reply
    WHERE call_intents.id = excluded.id
)
DELETE FROM call_intents
USING given
WHERE call_intents.question = given.question
    AND call_intents.id = given.id
    AND given.reply IS NULL
