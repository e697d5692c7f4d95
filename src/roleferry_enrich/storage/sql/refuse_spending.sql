-- Remember which cap refused somebody today.
UPDATE spending SET refused_by = $2
WHERE account_id = $1 AND refused_by IS DISTINCT FROM $2
    AND day = (clock_timestamp() AT TIME ZONE 'UTC')::date
