-- What an account was told of one person: the last word of each provider.
--
-- $1      the account
-- $2, $3  kinds and digests of the keys asked by, the most telling first
-- $4..$6  provider, capability and since when its words count, an array each
-- result  one row: whether the person is known and may be spoken of, what was said, as JSON, and
--         the wrapped keys of whom it was said of
--
-- Nobody is spoken of who was refused by any key that was asked by or that is the person's.
WITH asked AS (
    SELECT * FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS rows (kind, value, place)
),
subject AS (
    SELECT identities.subject_id AS id
    FROM asked
    JOIN identities
        ON identities.account_id = $1
        AND identities.subject = 'person'
        AND identities.kind = asked.kind
        AND identities.value = asked.value
    ORDER BY asked.place
    LIMIT 1
),
names AS (
    SELECT kind, value FROM asked
    UNION ALL
    SELECT identities.kind, identities.value
    FROM subject
    JOIN identities ON identities.account_id = $1 AND identities.subject_id = subject.id
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
            AND person_id = subject.id
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
        AND said.person_id = subject.id
        AND said.kind = 'person'
)
SELECT
    EXISTS (SELECT FROM subject) AS is_known,
    EXISTS (
        SELECT FROM names
        JOIN opt_outs
            ON opt_outs.account_id = $1
            AND opt_outs.kind = names.kind
            AND opt_outs.value = names.value
    ) AS is_refused,
    (SELECT found FROM told) AS found,
    (
        SELECT jsonb_object_agg(subject_keys.subject_id, encode(subject_keys.wrapped, 'base64'))
        FROM subject JOIN subject_keys
            ON subject_keys.account_id = $1 AND subject_keys.subject_id = subject.id
    ) AS keys
