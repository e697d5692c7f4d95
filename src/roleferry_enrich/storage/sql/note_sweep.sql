-- Note that somebody sweeps now. A silence before it was one of the database, or of every worker:
-- of a longer one no more counts than what lies between two sweeps.
WITH forgotten AS (
    DELETE FROM sweeps WHERE ended_at < clock_timestamp() - :kept
),
last AS (
    SELECT began_at, ended_at FROM sweeps WHERE began_at <= clock_timestamp()
    ORDER BY began_at DESC LIMIT 1
),
gone_on AS (
    UPDATE sweeps SET ended_at = clock_timestamp()
    FROM last
    WHERE sweeps.began_at = last.began_at AND last.ended_at > clock_timestamp() - :silence
    RETURNING sweeps.began_at
)
INSERT INTO sweeps (began_at, ended_at)
SELECT clock_timestamp() - :pace, clock_timestamp() WHERE NOT EXISTS (SELECT FROM gone_on)
