"""What is asked: the keys that identify a subject, and what a provider is asked about it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from roleferry_enrich.domain.identifiers import CompanyNumber, Domain, Email, ProfileUrl
from roleferry_enrich.domain.values import dataclass

Claim = TypeVar("Claim")
# Any: each key has its own type, which is its reader's affair.
KeyReader = Callable[[Claim], Any]
"""What a claim says of one key; None where it does not."""


KNOWN_EXECUTIVES = "known_executives"
"""Named among the needs of an offer that can ask only for people the caller knows by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Everything known so far by which a person or a company can be looked up."""

    email: Email | None = None
    full_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    linkedin_url: ProfileUrl | None = None
    domain: Domain | None = None
    company_name: str | None = None
    company_number: CompanyNumber | None = None
    company_linkedin_url: ProfileUrl | None = None
    company_twitter_url: ProfileUrl | None = None
    company_facebook_url: ProfileUrl | None = None
    country: str | None = None
    """ISO 3166-1 alpha-2; narrows a search, identifies nothing."""

    @property
    def names_person(self) -> bool:
        """Whether somebody is meant, and not a company alone."""
        return bool(self.email or self.full_name or self.linkedin_url)

    def known(self) -> frozenset[str]:
        return frozenset([name for name in self.__slots__ if getattr(self, name) is not None])

    def only(self, names: frozenset[str]) -> "Keys":
        """These keys and no others, so that equal questions are equal (and cached once)."""
        return Keys(**{name: getattr(self, name) for name in self.__slots__ if name in names})

    def filled_from(self, claim: Claim, readers: Mapping[str, KeyReader[Claim]]) -> "Keys":
        """What was known first stays; only what is not known yet is read from the claim."""
        gaps = {n: read(claim) for n, read in readers.items() if getattr(self, n) is None}
        learned = {name: key for name, key in gaps.items() if key is not None}
        return replace(self, **learned) if learned else self


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonQuery:
    """One person, by whichever keys the capability said it can use."""

    keys: Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyQuery:
    """One company, or the people of one company."""

    keys: Keys
    limit: int = 25
    """The most people wanted; a provider that charges for each never fetches more."""
    titles: tuple[str, ...] = ()
    """Job titles wanted; empty means executives of every kind."""
    known_executives: tuple[str, ...] = ()
    """Full names the caller knows, told to whoever needs them to ask at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailQuery:
    """One mailbox, to be checked."""

    email: Email


Query = PersonQuery | CompanyQuery | EmailQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question to one provider; equal asks have equal answers."""

    provider: str
    capability: str
    query: Query
    reference: str | None = None
    """The provider's word for work it began for this earlier: go on with that, begin none."""
