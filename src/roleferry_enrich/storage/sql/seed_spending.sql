-- Begin to count an account's spending of this month from the books, calls under way in full.
--
-- What is counted already stays where it is more: it knows of calls that are not in the books yet.
INSERT INTO spending (account_id, day, spent)
SELECT $1, day, sum(cost)::bigint FROM (
    SELECT (sent_at AT TIME ZONE 'UTC')::date AS day, cost
    FROM provider_calls
    WHERE account_id = $1
        AND sent_at >= date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
    UNION ALL
    SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date, price
    FROM call_intents WHERE account_id = $1 AND reply IS NULL
    UNION ALL
    SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date, 0
) AS books
GROUP BY day
ORDER BY day
ON CONFLICT (account_id, day) DO UPDATE SET spent = greatest(spending.spent, excluded.spent)
