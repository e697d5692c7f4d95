-- All that holds, as one value for each scope: a row for each digest would take seconds.
SELECT scope, string_agg(digest, ''::bytea ORDER BY digest) AS packed
FROM (SELECT DISTINCT scope, digest FROM suppressions WHERE released_at IS NULL) AS holding
GROUP BY scope
