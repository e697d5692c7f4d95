-- Take the most that a charge may come to out of a balance, or nothing if that is not there.
--
-- $1 account  $2 charge  $3 credits  $4 API key  $5 how long the reservation lasts
--
-- Sent again, or by whoever takes up the work of one that died, it finds what is held already.
WITH kept AS (
    UPDATE credit_charges
    SET lease_until = greatest(lease_until, clock_timestamp() + $5::interval)
    WHERE account_id = $1 AND id = $2 AND held >= $3::bigint
    RETURNING id
),
taken AS (
    UPDATE credit_balances SET balance = balance - $3::bigint
    WHERE account_id = $1 AND balance >= $3::bigint AND NOT EXISTS (SELECT FROM kept)
    RETURNING balance
),
reserved AS (
    INSERT INTO credit_charges (account_id, id, key_id, held, parts, lease_until)
    SELECT $1, $2, $4, $3::bigint, '{}', clock_timestamp() + $5::interval FROM taken
    ON CONFLICT (account_id, id) DO UPDATE SET
        held = credit_charges.held + excluded.held, lease_until = excluded.lease_until
),
noted AS (
    INSERT INTO credit_ledger (account_id, kind, amount, balance, charge_id)
    SELECT $1, 'reserve', -$3::bigint, taken.balance, $2 FROM taken
),
refused AS (
    UPDATE credit_balances SET is_refused = true
    WHERE account_id = $1 AND NOT is_refused
        AND NOT EXISTS (SELECT FROM taken) AND NOT EXISTS (SELECT FROM kept)
)
SELECT
    EXISTS (SELECT FROM taken) OR EXISTS (SELECT FROM kept) AS is_granted,
    coalesce((SELECT balance FROM credit_balances WHERE account_id = $1), 0) AS balance
