-- Of what accounts may use, what is used: from one half on, and where more than was told is.
WITH clock AS (
    SELECT clock_timestamp() AS now, (clock_timestamp() AT TIME ZONE 'UTC')::date AS today
),
held AS (
    SELECT account_id, sum(held) AS held FROM credit_charges WHERE held > 0 GROUP BY account_id
),
counted AS (
    SELECT
        spending.account_id,
        sum(spent) FILTER (WHERE day = clock.today) AS today,
        bool_or(refused_by = 'day') FILTER (WHERE day = clock.today) AS is_day_refused,
        sum(spent) AS month,
        bool_or(refused_by = 'month') AS is_month_refused,
        coalesce(min(cap_day), CAST(:cap_day AS bigint)) AS cap_day,
        coalesce(min(cap_month), CAST(:cap_month AS bigint)) AS cap_month
    FROM clock, spending LEFT JOIN account_plans USING (account_id)
    WHERE day BETWEEN date_trunc('month', clock.today)::date AND clock.today
    GROUP BY spending.account_id
),
levels (account_id, "limit", period, used, most, is_refused) AS (
    SELECT
        account_id, 'credits', 'grant ' || grants,
        greatest(granted - balance - coalesce(held.held, 0), 0), granted, is_refused
    FROM credit_balances LEFT JOIN held USING (account_id)
    UNION ALL
    SELECT account_id, 'spending_day', clock.today::text, counted.today, cap_day, is_day_refused
    FROM counted, clock
    UNION ALL
    SELECT account_id, 'spending_month', to_char(clock.today, 'YYYY-MM'), month, cap_month,
        is_month_refused
    FROM counted, clock
),
told AS (
    SELECT
        levels.*,
        coalesce((
            SELECT max(percent) FROM usage_alerts AS alert
            WHERE alert.account_id = levels.account_id
                AND alert."limit" = levels."limit" AND alert.period = levels.period
        ), 0) AS told
    FROM levels
    WHERE most IS NOT NULL
)
SELECT
    account_id, "limit", period, told, clock.now,
    coalesce(used, 0)::bigint AS used, most, coalesce(is_refused, false) AS is_refused
FROM told, clock
WHERE told < 100 AND (coalesce(is_refused, false) OR used * 2 >= most)
ORDER BY account_id, "limit"
