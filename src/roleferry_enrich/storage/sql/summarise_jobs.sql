SELECT
    job_id, state, count(*) AS items, sum(cost) AS cost, sum(cache_hits) AS cache_hits,
    count(*) FILTER (WHERE settled_at > clock_timestamp() - :window) AS lately,
    extract(epoch FROM clock_timestamp()
        - min(settled_at) FILTER (WHERE settled_at > clock_timestamp() - :window)) AS since_s
FROM job_items
WHERE account_id = :account_id AND job_id = ANY (:job_ids)
GROUP BY job_id, state
