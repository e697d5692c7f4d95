-- Keeps events that are not there yet, each once, whoever brings them at the same time.
--
-- :provider                who sent them
-- :event_ids .. :reasons   an array per column, the events of one body
-- result  the ids of those that were not there
--
-- In the order of their ids: two bodies with the same events do not wait for each other in a ring.
INSERT INTO webhook_events (
    provider, event_id, kind, subject, occurred_at, received_at,
    digest, nonce, body, state, reason, due_at
)
SELECT
    :provider, given.event_id, given.kind, given.subject,
    least(coalesce(given.occurred_at, clock_timestamp()), clock_timestamp()), clock_timestamp(),
    given.digest, given.nonce, given.body,
    CASE WHEN given.reason IS NULL THEN 'waiting' ELSE 'dead' END, given.reason, clock_timestamp()
FROM unnest(
    CAST(:event_ids AS text[]), CAST(:kinds AS text[]), CAST(:subjects AS text[]),
    CAST(:occurred AS timestamptz[]), CAST(:digests AS bytea[]), CAST(:nonces AS bytea[]),
    CAST(:bodies AS bytea[]), CAST(:reasons AS text[])
) AS given (event_id, kind, subject, occurred_at, digest, nonce, body, reason)
ORDER BY given.event_id
ON CONFLICT DO NOTHING
RETURNING event_id
