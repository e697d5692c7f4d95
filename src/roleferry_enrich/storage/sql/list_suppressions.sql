-- Entries of a scope that hold, newest first; :added_at and :entry_id are the place of the last
-- one seen, or null.
SELECT
    scope, entry_id, reason, source, reference,
    max(added_at) AS added_at,
    array_agg(kind ORDER BY kind, digest) AS kinds,
    array_agg(digest ORDER BY kind, digest) AS digests
FROM suppressions
WHERE scope = :scope AND released_at IS NULL
GROUP BY scope, entry_id, reason, source, reference
HAVING
    CAST(:added_at AS timestamptz) IS NULL
    OR (max(added_at), entry_id) < (CAST(:added_at AS timestamptz), CAST(:entry_id AS uuid))
ORDER BY max(added_at) DESC, entry_id DESC
LIMIT :most
