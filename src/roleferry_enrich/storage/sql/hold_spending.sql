-- Count the price of a call as spent today, if no cap is passed by it.
--
-- $1 account  $2 price  $3 cap of the day or null  $4 cap of the month or null
--
-- The row of today is locked by its update; those of earlier days change no more, but for calls
-- that were under way at midnight, and then only downwards.
UPDATE spending AS today SET spent = today.spent + $2::bigint
WHERE today.account_id = $1
    AND today.day = (clock_timestamp() AT TIME ZONE 'UTC')::date
    AND today.spent + $2::bigint <= coalesce($3::bigint, 9223372036854775807)
    AND ($4::bigint IS NULL OR today.spent + $2::bigint <= $4::bigint - (
        SELECT coalesce(sum(earlier.spent), 0) FROM spending AS earlier
        WHERE earlier.account_id = $1
            AND earlier.day >= date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC')::date
            AND earlier.day < (clock_timestamp() AT TIME ZONE 'UTC')::date
    ))
RETURNING today.day
