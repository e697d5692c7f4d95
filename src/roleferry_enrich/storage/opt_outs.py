"""Who asked a provider not to be processed, by the keys they were asked for."""

from collections.abc import Sequence

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.people import EmailClaim, PersonClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.storage import identities
from roleferry_enrich.storage.bulk import Row
from roleferry_enrich.storage.identities import Identity


def opt_out_rows(enrichment: Enrichment) -> Sequence[Row]:
    """The keys of a request whose person some provider may not speak of; empty if none said so."""
    keys = of_keys(enrichment.request.keys) if enrichment.opted_out else ()
    return [
        {"account_id": enrichment.account_id, "kind": key.kind, "value": key.value} for key in keys
    ]


def of_keys(keys: Keys) -> tuple[Identity, ...]:
    """How a person asked for by these keys would be recognised."""
    return identities.of_person_claim(
        PersonClaim(
            emails=(EmailClaim(address=keys.email),) if keys.email else (),
            linkedin_url=keys.linkedin_url,
            full_name=keys.full_name,
            first_name=keys.first_name,
            last_name=keys.last_name,
            company_name=keys.company_name,
            company_domain=keys.domain,
            company_number=keys.company_number,
        )
    )
