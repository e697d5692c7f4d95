-- What changed after version :since, and whether it holds: another addition may still name it.
SELECT scope, digest, bool_or(released_at IS NULL) AS holds
FROM suppressions
WHERE (scope, digest) IN (SELECT scope, digest FROM suppressions WHERE version > :since)
GROUP BY scope, digest
