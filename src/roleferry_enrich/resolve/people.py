"""People: from what every provider said to one record a person, and what is asked of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.observations import EmailObservation, PersonObservation
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import GoldenPerson
from roleferry_enrich.normalise.organisations import looks_like_organisation
from roleferry_enrich.normalise.title_words import EXECUTIVE, SENIORITIES
from roleferry_enrich.resolve.blocking import Pair, candidate_pairs
from roleferry_enrich.resolve.clusters import clusters
from roleferry_enrich.resolve.comparisons import Comparison, references
from roleferry_enrich.resolve.contacts import verdicts_by_mailbox
from roleferry_enrich.resolve.evidence import PRIOR_BITS, same_person
from roleferry_enrich.resolve.golden_people import golden_person
from roleferry_enrich.resolve.identity import person_agreement
from roleferry_enrich.resolve.keys import own_mailboxes
from roleferry_enrich.resolve.offices import KEEPS_RECORDS, LEADS, SENIORITY_OF_ROLE, role_key
from roleferry_enrich.resolve.ordering import in_order
from roleferry_enrich.resolve.traits import (
    PersonTraits,
    employer_keys,
    name_of,
    traits_of,
)

# Answers already checked to be about the one person asked for start out likely to agree.
_CHECKED_PRIOR_BITS = 4.0
_COMPARE_ALL = 60
_NOT_LEADING = 100


def resolve_people(
    people: Sequence[PersonObservation],
    verdicts: Sequence[EmailObservation],
    *,
    today: date,
    employer: Iterable[CompanyClaim] = (),
) -> tuple[GoldenPerson, ...]:
    """The people spoken of, each once, the most certain first.

    `employer` is what was said of the one company they all work for, where it is known.
    Companies among them (corporate officers) and claims that name nobody are left out.
    """
    known = _in_order(people)
    company = employer_keys(employer)
    traits = [traits_of(observation, company) for observation in known]
    pairs = candidate_pairs(traits)
    return _merged(known, _probabilities(traits, pairs, PRIOR_BITS), verdicts, today)


def resolve_person(
    people: Sequence[PersonObservation], verdicts: Sequence[EmailObservation], *, today: date
) -> GoldenPerson | None:
    """The one person that all of these were checked to speak of (`is_same_person`).

    Two claims with nothing in common to compare are then of one person; contradictions still
    part them, and the more certain person is the answer.
    """
    known = _in_order(people)
    traits = [traits_of(observation) for observation in known]
    everyone = len(known) <= _COMPARE_ALL
    pairs = list(combinations(range(len(known)), 2)) if everyone else candidate_pairs(traits)
    merged = _merged(known, _probabilities(traits, pairs, _CHECKED_PRIOR_BITS), verdicts, today)
    return merged[0] if merged else None


def is_same_person(claim: PersonClaim, keys: Keys) -> Comparison:
    """Whether the answer speaks of who was asked for; believe it from `SAME` on."""
    return person_agreement(claim, keys)


def is_current_executive(person: GoldenPerson) -> bool:
    """Whether the person leads the company today, by title or by office in law.

    The register's newest word on an office stands: who resigned is out, whatever title a slower
    source still shows. A company secretary is an officer and counts, as the lowest in rank.
    """
    if "resigned_on" in person.fields:
        return False
    role = person.text("role")
    return (role in LEADS | KEEPS_RECORDS) or person.text("seniority") in EXECUTIVE


def executive_rank(person: GoldenPerson) -> int:
    """0 for the most senior; sorts owners before directors, and who has left after everybody."""
    role = SENIORITY_OF_ROLE.get(person.text("role") or "")
    ranks = [SENIORITIES.index(s) for s in (person.text("seniority"), role) if s in SENIORITIES]
    rank = min(ranks, default=len(SENIORITIES))
    return rank if is_current_executive(person) else rank + _NOT_LEADING


def _in_order(people: Iterable[PersonObservation]) -> list[PersonObservation]:
    """The human ones in an order of their own, so that the order of arrival decides nothing."""
    return in_order(o for o in people if _names_somebody(o.claim))


def _names_somebody(claim: PersonClaim) -> bool:
    role = role_key(claim.role or "")
    whole = claim.full_name or f"{claim.first_name or ''} {claim.last_name or ''}"
    if role.startswith("corporate") or looks_like_organisation(whole):
        return False
    return name_of(claim) is not None or bool(own_mailboxes(claim)) or bool(claim.linkedin_url)


def _probabilities(
    traits: Sequence[PersonTraits], pairs: Iterable[Pair], prior_bits: float
) -> dict[Pair, float]:
    """Those who differ in no trait but whose record it is are compared once for all of them."""
    kinds = _kinds(traits)
    compared: dict[tuple[int, int, bool | None], float] = {}
    probabilities = {}
    for pair in pairs:
        left, right = traits[pair[0]], traits[pair[1]]
        case = kinds[pair[0]], kinds[pair[1]], _records_agree(left, right)
        if case not in compared:
            compared[case] = same_person(left, right, prior_bits=prior_bits).score
        probabilities[pair] = compared[case]
    return probabilities


def _kinds(traits: Sequence[PersonTraits]) -> list[int]:
    """For each the position of the first that has the same traits, the record's id aside."""
    bare = [replace(each, reference=None) for each in traits]
    return [bare.index(each) for each in bare]


def _records_agree(left: PersonTraits, right: PersonTraits) -> bool | None:
    found = references(left, right)
    return None if found is None else found.score > 0


def _merged(
    known: Sequence[PersonObservation],
    probabilities: Mapping[Pair, float],
    verdicts: Iterable[EmailObservation],
    today: date,
) -> tuple[GoldenPerson, ...]:
    checked = verdicts_by_mailbox(verdicts)
    links = _best_links(probabilities)
    people = [
        golden_person(
            [known[position] for position in group],
            checked,
            cohesion=min((links.get(p, 1.0) for p in group), default=1.0) if group[1:] else 1.0,
            today=today,
        )
        for group in clusters(len(known), probabilities)
    ]
    # A list of one is sorted, and its order is dear to work out.
    return tuple(sorted(people, key=_most_certain_first) if people[1:] else people)


def _best_links(probabilities: Mapping[Pair, float]) -> dict[int, float]:
    """How surely each observation belongs to some other."""
    best: dict[int, float] = {}
    for pair, probability in probabilities.items():
        for position in pair:
            best[position] = max(best.get(position, 0.0), probability)
    return best


def _most_certain_first(person: GoldenPerson) -> tuple[float, int, str, str]:
    name = person.text("full_name") or ""
    return -person.confidence.value, executive_rank(person), name, repr(person.contact_points)
