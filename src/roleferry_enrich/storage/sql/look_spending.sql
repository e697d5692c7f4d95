-- What an account has spent today, if that is counted yet, and this month.
SELECT
    max(spent) FILTER (WHERE day = (clock_timestamp() AT TIME ZONE 'UTC')::date) AS today,
    coalesce(sum(spent), 0)::bigint AS month
FROM spending
WHERE account_id = $1
    AND day >= date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC')::date
