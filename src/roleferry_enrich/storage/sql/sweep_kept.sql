-- Forgets replies that were kept long enough.
--
-- $1  at most so many
DELETE FROM call_intents
USING (
    SELECT question
    FROM call_intents
    WHERE reply IS NOT NULL AND expires_at <= clock_timestamp()
    ORDER BY question
    LIMIT $1
    FOR UPDATE SKIP LOCKED
) AS old
WHERE call_intents.question = old.question
