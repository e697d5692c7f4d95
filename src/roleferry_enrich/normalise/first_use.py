"""What normalising loads at its first use: libraries that are tables of names and suffixes.

A start does not need them, and importing them would take a sixth of its time.
"""

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.normalise.diminutives import formal_names
from roleferry_enrich.normalise.domains import parse_domain
from roleferry_enrich.normalise.emails import is_disposable, parse_email
from roleferry_enrich.normalise.names import parse_person_name
from roleferry_enrich.normalise.phones import parse_phone


def load_tables() -> None:
    """Load them now, so that no request has to wait for them."""
    parse_domain("acme.co.uk")
    parse_email("ada@acme.test")
    is_disposable(Email("ada@acme.test"))
    parse_person_name("Dr. Ada Lovelace")
    parse_phone("+442079460000", None)
    formal_names("ada")
