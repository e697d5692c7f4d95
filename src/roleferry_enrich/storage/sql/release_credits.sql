-- Give back what is held for work whose process died, some at a time; what it had charged stays.
WITH overdue AS (
    SELECT account_id, id FROM credit_charges
    WHERE held > 0 AND lease_until <= clock_timestamp()
    ORDER BY account_id, id
    LIMIT :most
    FOR UPDATE SKIP LOCKED
),
ended AS (
    UPDATE credit_charges AS charge SET moved = 0, returned = charge.held, held = 0
    FROM overdue
    WHERE charge.account_id = overdue.account_id AND charge.id = overdue.id
    RETURNING charge.account_id, charge.id, charge.returned
),
owed AS (
    SELECT account_id, sum(returned)::bigint AS total FROM ended GROUP BY account_id
),
paid AS (
    UPDATE credit_balances SET balance = credit_balances.balance + owed.total
    FROM owed
    WHERE credit_balances.account_id = owed.account_id
    RETURNING credit_balances.account_id, credit_balances.balance - owed.total AS before
)
INSERT INTO credit_ledger (account_id, kind, amount, balance, charge_id)
SELECT
    ended.account_id, 'release', ended.returned,
    paid.before + sum(ended.returned) OVER (PARTITION BY ended.account_id ORDER BY ended.id),
    ended.id
FROM ended JOIN paid USING (account_id)
ORDER BY ended.account_id, ended.id
