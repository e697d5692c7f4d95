-- Has enrichments completed now that wait for what a provider has just told.
--
-- :provider                     who has
-- :reference, :email, :domain   what it calls the work, or whom it is about; null where not told
--                               (:email as a digest, :clear_email as it is)
UPDATE completions
SET due_at = clock_timestamp()
FROM enrichments
WHERE enrichments.account_id = completions.account_id
    AND enrichments.id = completions.enrichment_id
    AND completions.due_at > clock_timestamp()
    -- Few of those that wait do so for this provider, and their answers are long.
    AND EXISTS (
        SELECT FROM conversations
        WHERE conversations.account_id = completions.account_id
            AND conversations.enrichment_id = completions.enrichment_id
            AND conversations.provider = CAST(:provider AS text)
            AND conversations.outcome = 'pending'
    )
    AND EXISTS (
        SELECT FROM jsonb_array_elements(enrichments.result -> 'outcomes') AS outcome
        WHERE outcome ->> 'provider' = CAST(:provider AS text)
            AND outcome ->> 'outcome' = 'pending'
            AND (
                outcome ->> 'reference' = CAST(:reference AS text)
                OR enrichments.request ->> 'email' = CAST(:email AS text)
                OR lower(enrichments.request ->> 'domain') = lower(CAST(:domain AS text))
                -- As requests were kept before they were sealed.
                OR lower(enrichments.request -> 'keys' ->> 'email') = lower(CAST(:clear_email AS text))
                OR lower(enrichments.request -> 'keys' ->> 'domain') = lower(CAST(:domain AS text))
            )
    )
