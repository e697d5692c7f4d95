-- All identities of whoever holds one of those given.
--
-- Looked up one by one: of a table that grew lately PostgreSQL believes that it is small, and would
-- else read all that the account has for each answer that is recorded, long after it has looked at it.
WITH given AS (
    SELECT subject, kind, value FROM jsonb_populate_recordset(NULL::identities, :given)
),
owners AS (
    SELECT DISTINCT owner.subject_id
    FROM given
    CROSS JOIN LATERAL (
        SELECT subject_id FROM identities
        WHERE account_id = :account_id AND subject = given.subject AND kind = given.kind
            AND value = given.value
        LIMIT 1
    ) AS owner
)
SELECT held.subject, held.kind, held.value, held.subject_id
FROM owners
CROSS JOIN LATERAL (
    SELECT subject, kind, value, subject_id FROM identities
    WHERE account_id = :account_id AND subject_id = owners.subject_id
    OFFSET 0
) AS held
