-- Remember that a cap refused somebody today.
UPDATE spending SET is_refused = true
WHERE account_id = $1 AND NOT is_refused
    AND day = (clock_timestamp() AT TIME ZONE 'UTC')::date
