"""What each real provider is asked: the cheapest thing that shows whether it keeps its contract.

Nobody's data: a company that is in every register, the mailbox each domain must have, and a name
that nobody has.
"""

from roleferry_enrich.domain.identifiers import CompanyNumber, Domain, Email, ProfileUrl
from roleferry_enrich.domain.queries import CompanyQuery, EmailQuery, Keys, PersonQuery, Query
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import Offer, Provider

# A web site has no contract to keep, and our own database is tested without anybody's leave.
ASKED = tuple(name for name, provider in catalogue().items() if provider.spec.authenticate)

KNOWN = Keys(
    domain=Domain("tesco.com"),
    company_name="Tesco PLC",
    company_number=CompanyNumber("00445790"),
    company_linkedin_url=ProfileUrl("linkedin.com/company/tesco"),
    country="GB",
    email=Email("postmaster@example.com"),
    full_name="Nobody Exemplar",
    first_name="Nobody",
    last_name="Exemplar",
    linkedin_url=ProfileUrl("linkedin.com/in/nobody-exemplar-0"),
)


def cheapest(provider: Provider) -> tuple[Offer, Query]:
    """Of what it offers, what costs least; of its keys, those it likes best."""
    offers = [offer for offer in provider.offers() if offer.needs]
    offer = min(offers, key=lambda offer: (offer.credits, len(offer.gives)))
    return offer, _query(offer)


def _query(offer: Offer) -> Query:
    if offer.capability == "verify_email":
        assert KNOWN.email is not None
        return EmailQuery(email=KNOWN.email)
    needs = next(needs for needs in offer.needs if needs <= KNOWN.known())
    keys = KNOWN.only(needs | (offer.hints & KNOWN.known()))
    if offer.capability in {"find_person", "find_email"}:
        return PersonQuery(keys=keys)
    return CompanyQuery(keys=keys, limit=1)
