-- What an account was told of one company: the last word of each provider.
--
-- $1      the account
-- $2, $3  kinds and digests of the keys asked by, the most telling first
-- $4..$6  provider, capability and since when its words count, an array each
-- result  one row: whether the company is known, and what was said, as JSON
WITH asked AS (
    SELECT * FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS rows (kind, value, place)
),
subject AS (
    SELECT identities.subject_id AS id
    FROM asked
    JOIN identities
        ON identities.account_id = $1
        AND identities.subject = 'company'
        AND identities.kind = asked.kind
        AND identities.value = asked.value
    ORDER BY asked.place
    LIMIT 1
),
told AS (
    SELECT
        jsonb_agg(
            jsonb_build_object(
                'provider', said.provider,
                'capability', said.capability,
                'origin', said.origin,
                'conversation', said.conversation,
                'observed_at', said.observed_at,
                'claim', said.claim
            )
            ORDER BY said.observed_at, said.conversation, said.ordinal
        ) AS found
    FROM subject
    CROSS JOIN unnest($4::text[], $5::text[], $6::timestamptz[])
        AS kept (provider, capability, since)
    CROSS JOIN LATERAL (
        SELECT enrichment_id, conversation
        FROM observations
        WHERE account_id = $1
            AND company_id = subject.id
            AND provider = kept.provider
            AND capability = kept.capability
            AND observed_at >= kept.since
        ORDER BY observed_at DESC
        LIMIT 1
    ) AS newest
    -- All it said then of this one: a provider may give one row per mailbox.
    JOIN observations AS said
        ON said.account_id = $1
        AND said.enrichment_id = newest.enrichment_id
        AND said.conversation = newest.conversation
        AND said.company_id = subject.id
        AND said.kind = 'company'
)
SELECT
    EXISTS (SELECT FROM subject) AS is_known,
    FALSE AS is_refused,
    (SELECT found FROM told) AS found,
    NULL AS keys
