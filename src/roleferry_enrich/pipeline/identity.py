"""Keeps what speaks of the asked subject; another person's data is worse than none."""

from functools import reduce
from uuid import UUID

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.enrichments import Goal
from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.observations import (
    CompanyObservation,
    EmailObservation,
    Observations,
    PersonObservation,
)
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.normalise.emails import identity_key, parse_email
from roleferry_enrich.resolve.companies import is_same_company
from roleferry_enrich.resolve.comparisons import SAME
from roleferry_enrich.resolve.keys import with_company, with_person
from roleferry_enrich.resolve.people import is_same_person


@dataclass(frozen=True, slots=True)
class Accepted:
    """What of an answer is kept, and the keys it adds."""

    observations: Observations
    keys: Keys


def accept(observed: Observations, keys: Keys, goal: Goal) -> Accepted:
    """The observations of the subject that `keys` name, with `keys` filled from them."""
    companies, asked_mailbox = _one_of_each(observed.companies, keys), keys.email
    if goal is Goal.PERSON:
        people = tuple(p for p in observed.people if is_same_person(p.claim, keys).score >= SAME)
        keys = reduce(with_person, (person.claim for person in people), keys)
    else:
        people = tuple(p for p in observed.people if _is_at_company(p, keys))
    keys = reduce(with_company, (company.claim for company in companies), keys)
    verdicts = tuple(v for v in observed.verdicts if _is_on_mailbox(v, asked_mailbox))
    return Accepted(Observations(people=people, companies=companies, verdicts=verdicts), keys)


def without_person(observed: Observations, keys: Keys) -> Observations:
    """What may be kept once the person has opted out: the company that the caller named itself.

    Where only the person's data led to a company, the company is personal data too.
    """
    named = (c for c in observed.companies if is_same_company(c.claim, keys).score >= SAME)
    return Observations(companies=tuple(named))


def _one_of_each(
    companies: tuple[CompanyObservation, ...], keys: Keys
) -> tuple[CompanyObservation, ...]:
    """Of each conversation one: our own database recalls what several providers said."""
    answers: dict[UUID, tuple[CompanyObservation, ...]] = {}
    for company in companies:
        conversation = company.provenance.conversation
        answers[conversation] = (*answers.get(conversation, ()), company)
    return tuple(one for candidates in answers.values() for one in _one_company(candidates, keys))


def _one_company(
    companies: tuple[CompanyObservation, ...], keys: Keys
) -> tuple[CompanyObservation, ...]:
    """The best of a provider's candidates, if any is good enough and none is as good."""
    scored = sorted(
        ((_score(company.claim, keys), n) for n, company in enumerate(companies)), reverse=True
    )
    if not scored or scored[0][0] < (SAME, False):
        return ()
    if len(scored) > 1 and scored[0][0] == scored[1][0]:
        return ()
    return (companies[scored[0][1]],)


def _score(claim: CompanyClaim, keys: Keys) -> tuple[float, bool]:
    return is_same_company(claim, keys).score, claim.status in {None, "active"}


def _is_on_mailbox(verdict: EmailObservation, asked: Email | None) -> bool:
    """Whether the mailbox asked for was checked; where none was asked for, any may have been."""
    said = parse_email(verdict.claim.address)
    return asked is None or (said is not None and identity_key(said) == identity_key(asked))


def _is_at_company(person: PersonObservation, keys: Keys) -> bool:
    claim = person.claim
    if not _names_company(claim):
        return True
    company = CompanyClaim(
        name=claim.company_name, domain=claim.company_domain, company_number=claim.company_number
    )
    return is_same_company(company, keys).score >= SAME


def _names_company(claim: PersonClaim) -> bool:
    return bool(claim.company_name or claim.company_domain or claim.company_number)
