-- The tables that transactions of one account cannot use yet, or could use beyond its rows. What
-- belongs to no account is used by all alike, but for what is the installation's own affair.
WITH account_role AS (
    SELECT ('roleferry_account_' || current_database())::name AS name
),
known AS (
    SELECT
        t.oid,
        t.relrowsecurity,
        o.attname AS owner_column,
        EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = t.oid AND p.polname = 'own_account')
            AS has_policy,
        (SELECT r.oid FROM pg_roles AS r, account_role WHERE r.rolname = account_role.name) AS role
    FROM pg_class AS t
    LEFT JOIN pg_attribute AS o
        ON o.attrelid = t.oid AND NOT o.attisdropped
        AND o.attname = CASE t.relname WHEN 'accounts' THEN 'id' ELSE 'account_id' END
    WHERE t.relnamespace = current_schema()::regnamespace
        AND t.relkind IN ('r', 'p')
        AND t.relname NOT IN ('alembic_version', 'webhook_events')
)
SELECT
    known.oid::regclass::text AS name,
    known.owner_column,
    known.has_policy,
    quote_ident(account_role.name) AS role
FROM known, account_role
WHERE
    known.role IS NULL
    OR NOT has_table_privilege(known.role, known.oid, 'DELETE')
    OR (known.owner_column IS NOT NULL AND NOT (known.has_policy AND known.relrowsecurity))
ORDER BY 1
