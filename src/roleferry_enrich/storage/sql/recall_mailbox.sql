-- What became of the mails that were sent to one mailbox.
--
-- $1      the account
-- $2      the digest of the mailbox, in the form that all its spellings share
-- $3, $4  kinds and digests of the keys by which its owner may have been refused
-- $5      since when reports count
-- result  one row: whether anything was reported and may be told, and what, as JSON
--         in which the address is sealed
WITH reported AS (
    SELECT * FROM mailbox_reports
    WHERE account_id = $1 AND mailbox = $2 AND reported_at >= $5
)
SELECT
    EXISTS (SELECT FROM reported) AS is_known,
    EXISTS (
        SELECT FROM unnest($3::text[], $4::text[]) AS names (kind, value)
        JOIN opt_outs
            ON opt_outs.account_id = $1
            AND opt_outs.kind = names.kind
            AND opt_outs.value = names.value
    ) AS is_refused,
    (
        SELECT jsonb_agg(
            jsonb_build_object(
                'provider', provider,
                'capability', 'verify_email',
                'origin', provider,
                'conversation', id,
                'observed_at', reported_at,
                'mailbox', mailbox,
                'claim', jsonb_build_object(
                    'address', address,
                    'deliverability', deliverability,
                    'reasons', jsonb_build_array(reason)
                )
            )
            ORDER BY reported_at, provider
        )
        FROM reported
    ) AS found,
    NULL AS keys
