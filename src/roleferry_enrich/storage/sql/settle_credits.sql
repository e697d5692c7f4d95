-- Charge what was found, once, out of what is held for it; give back the rest when all has come.
--
-- The sum charged for one enrichment so far is told, not what is added: said again, it changes
-- nothing. What the first part moved is read from the row, for an update tells no old values.
WITH settled AS (
    UPDATE credit_charges SET
        moved = greatest(least(:credits - charged, held), 0),
        returned = CASE WHEN :is_final
            THEN held - greatest(least(:credits - charged, held), 0) ELSE 0 END,
        charged = charged + greatest(least(:credits - charged, held), 0),
        held = CASE WHEN :is_final
            THEN 0 ELSE held - greatest(least(:credits - charged, held), 0) END,
        parts = CASE WHEN :credits > charged THEN CAST(:parts AS jsonb) ELSE parts END,
        lease_until = CASE WHEN :is_owed
            THEN clock_timestamp() + :owed_for ELSE lease_until END
    WHERE account_id = :account_id AND id = :charge_id AND held > 0
    RETURNING account_id, id, moved, returned
),
paid AS (
    UPDATE credit_balances SET balance = credit_balances.balance + settled.returned
    FROM settled
    WHERE credit_balances.account_id = settled.account_id
        AND settled.moved + settled.returned > 0
    RETURNING credit_balances.balance
)
INSERT INTO credit_ledger (account_id, kind, amount, charged, balance, charge_id)
SELECT
    settled.account_id, entry.kind, entry.amount, entry.charged,
    paid.balance - settled.returned + entry.amount, settled.id
FROM settled, paid, LATERAL (
    VALUES (1, 'settle', 0, settled.moved), (2, 'release', settled.returned, 0)
) AS entry (place, kind, amount, charged)
WHERE entry.amount + entry.charged > 0
ORDER BY entry.place
