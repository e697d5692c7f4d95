-- How calls that others make are coming along.
--
-- $1..$3  the questions, ids and accounts of the calls
-- result  for each, in their order: its row, if the books still have it, and what it was booked as
SELECT
    held.question, held.id, held.account_id, held.reply,
    clock_timestamp() - held.settled_at AS age,
    held.expires_at - clock_timestamp() AS remaining,
    booked.cost, booked.outcome
FROM unnest($1::bytea[], $2::uuid[], $3::uuid[])
    WITH ORDINALITY AS given (question, id, account_id, place)
LEFT JOIN call_intents AS held ON held.question = given.question AND held.id = given.id
LEFT JOIN provider_calls AS booked
    ON booked.account_id = given.account_id AND booked.id = given.id
ORDER BY given.place
