-- Makes a request the one that is done under a key, unless another is or was.
--
-- A claim ends with its lease, so that a process that died holds no key for ever; what was answered
-- is free again when it was kept long enough. Claiming again what one holds changes nothing.
--
-- :account_id :operation :key :fingerprint :claim :lease :kept_for
INSERT INTO idempotent_requests AS known
    (account_id, operation, key, fingerprint, claim, claimed_until)
VALUES
    (:account_id, :operation, :key, :fingerprint, :claim, clock_timestamp() + :lease)
ON CONFLICT (account_id, operation, key) DO UPDATE SET
    fingerprint = excluded.fingerprint,
    claim = excluded.claim,
    claimed_until = excluded.claimed_until,
    created_at = clock_timestamp(),
    answered_at = NULL, status = NULL, headers = NULL, body = NULL,
    enrichment_id = NULL, subjects = '{}'
WHERE known.created_at <= clock_timestamp() - :kept_for
    OR known.answered_at IS NULL AND known.fingerprint = excluded.fingerprint
    AND (known.claimed_until <= clock_timestamp() OR known.claim = excluded.claim)
RETURNING true
