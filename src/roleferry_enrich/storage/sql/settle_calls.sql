-- Books what calls cost, keeps the replies that were paid for, ends the intents of the others.
--
-- $1..$16  one array per column of `given`, the rows of one batch; a reply may be null
--
-- One statement: a call is never booked without its reply being kept. It may run again, and also
-- after the call was written off as lost: what really came replaces that. The intents are locked
-- first, as whoever writes one off does, and calls are booked in the order of their ids, as whoever
-- records their enrichment does: no deadlock.
--
-- Where a call was written off and is being bought again, its reply takes the place of the other's
-- intent, so that nobody buys it once more should the other die. The other is booked as lost until
-- it is settled itself.
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
    SELECT call_intents.*, given.id AS settling, given.reply IS NOT NULL AS is_answered
    FROM call_intents
    JOIN given USING (question)
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
    LEFT JOIN held ON held.id = given.id AND held.settling = given.id
    ORDER BY given.id
    ON CONFLICT (account_id, id) DO UPDATE SET
        status = excluded.status, outcome = excluded.outcome, cost = excluded.cost,
        sent_at = excluded.sent_at, latency = excluded.latency
),
displaced AS (
    INSERT INTO provider_calls (
        account_id, id, enrichment_id, conversation, provider, capability,
        attempt, outcome, cost, sent_at, latency, permit_wait
    )
    SELECT DISTINCT ON (held.id)
        held.account_id, held.id, held.enrichment_id, held.conversation, held.provider,
        held.capability, held.attempt, 'lost', held.price, held.noted_at,
        clock_timestamp() - held.noted_at, interval '0'
    FROM held
    WHERE held.is_answered AND held.reply IS NULL AND held.id NOT IN (SELECT id FROM given)
    ORDER BY held.id
    ON CONFLICT (account_id, id) DO NOTHING
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
    -- The rows must have been read before they are changed: who changed them sees them no more.
    WHERE given.reply IS NOT NULL AND (SELECT count(*) FROM held) >= 0
    ORDER BY given.question
    ON CONFLICT (question) DO UPDATE SET
        id = excluded.id, account_id = excluded.account_id,
        enrichment_id = excluded.enrichment_id, conversation = excluded.conversation,
        provider = excluded.provider, capability = excluded.capability,
        attempt = excluded.attempt, price = excluded.price, noted_at = excluded.noted_at,
        settled_at = excluded.settled_at, expires_at = excluded.expires_at, reply = excluded.reply
    WHERE call_intents.id = excluded.id OR call_intents.reply IS NULL
)
DELETE FROM call_intents
USING given
WHERE call_intents.question = given.question
    AND call_intents.id = given.id
    AND given.reply IS NULL
