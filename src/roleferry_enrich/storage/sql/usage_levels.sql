-- Of what accounts may use, what is used: from one half on, and where more than was told is.
WITH held AS (
    SELECT account_id, sum(held) AS held FROM credit_charges WHERE held > 0 GROUP BY account_id
),
counted AS (
    SELECT
        spending.account_id,
        sum(spent) FILTER (WHERE day = :today) AS today,
        bool_or(refused_by = 'day') FILTER (WHERE day = :today) AS is_day_refused,
        sum(spent) AS month,
        bool_or(refused_by = 'month') AS is_month_refused,
        coalesce(min(cap_day), :cap_day) AS cap_day,
        coalesce(min(cap_month), :cap_month) AS cap_month
    FROM spending LEFT JOIN account_plans USING (account_id)
    WHERE day BETWEEN date_trunc('month', CAST(:today AS date))::date AND :today
    GROUP BY spending.account_id
),
levels (account_id, "limit", period, used, most, is_refused) AS (
    SELECT
        account_id, 'credits', 'grant ' || grants,
        greatest(granted - balance - coalesce(held.held, 0), 0), granted, is_refused
    FROM credit_balances LEFT JOIN held USING (account_id)
    UNION ALL
    SELECT account_id, 'spending_day', :day, today, cap_day, is_day_refused FROM counted
    UNION ALL
    SELECT account_id, 'spending_month', :month, month, cap_month, is_month_refused FROM counted
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
    account_id, "limit", period, told,
    coalesce(used, 0)::bigint AS used, most, coalesce(is_refused, false) AS is_refused
FROM told
WHERE told < 100 AND (coalesce(is_refused, false) OR used * 2 >= most)
ORDER BY account_id, "limit"
