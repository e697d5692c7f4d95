-- The accounts whose ledger does not add up: to the balance, to what is held, to what was charged.
WITH entries AS (
    SELECT
        account_id,
        sum(amount) AS amount,
        sum(charged) AS charged,
        -coalesce(sum(amount) FILTER (WHERE kind IN ('reserve', 'release')), 0) AS taken
    FROM credit_ledger GROUP BY account_id
),
charges AS (
    SELECT account_id, sum(held) AS held, sum(charged) AS charged
    FROM credit_charges GROUP BY account_id
)
SELECT account_id
FROM credit_balances
FULL JOIN entries USING (account_id)
FULL JOIN charges USING (account_id)
WHERE coalesce(balance, 0) <> coalesce(entries.amount, 0)
    OR coalesce(charges.charged, 0) <> coalesce(entries.charged, 0)
    OR coalesce(charges.held, 0) <> coalesce(entries.taken, 0) - coalesce(entries.charged, 0)
ORDER BY account_id
