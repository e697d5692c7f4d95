-- The role of transactions that are for one account. It can do nothing but what it is granted on
-- tables; two databases that are migrated at once share no role.
DO $$
DECLARE
    account_role name := 'roleferry_account_' || current_database();
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = account_role) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN', account_role);
        EXECUTE format('GRANT %I TO CURRENT_USER', account_role);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), account_role);
END
$$
