-- Replace the prices of calls by what they did cost.
--
-- $1..$3  accounts, days, by how much more or less
UPDATE spending SET spent = greatest(spending.spent + given.change, 0)
FROM (
    SELECT account_id, day, sum(change)::bigint AS change
    FROM unnest($1::uuid[], $2::date[], $3::bigint[]) AS rows (account_id, day, change)
    GROUP BY account_id, day
) AS given
WHERE spending.account_id = given.account_id AND spending.day = given.day
