"""The closed set of what a provider can be asked."""

from collections.abc import Mapping
from types import MappingProxyType

CAPABILITIES: Mapping[str, str] = MappingProxyType(
    {
        "find_person": "one person, with work and contact points",
        "find_email": "the address of a named person at a company",
        "verify_email": "whether an address receives mail",
        "find_people": "the people of a company",
        "find_company": "one company: identity, size, place",
        "find_technologies": "the technologies a company uses",
        "find_workforce": "how a company's staff is made up and changes",
    }
)
"""What can be asked at all; an adapter's method of that name offers it."""
