"""Keeps who must not be processed out of one request: of what is asked, learned and answered.

It stands between the fan-out and the gateway. Providers speak of one person in several ways, and
only some of them are on the list: whoever is recognised once is then kept out in every other.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache, reduce
from typing import Protocol
from uuid import UUID, uuid4

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.enrichments import Enrichment, Goal, Request, Status
from roleferry_enrich.domain.observations import (
    CompanyObservation,
    EmailObservation,
    Observations,
    PersonObservation,
)
from roleferry_enrich.domain.outcomes import Found, OptedOut, Report, Skipped
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import Ask, CompanyQuery, EmailQuery, Keys
from roleferry_enrich.domain.records import GoldenPerson
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.errand import Terms
from roleferry_enrich.privacy.holding import SuppressionList
from roleferry_enrich.privacy.normal_forms import (
    NormalForm,
    of_claim,
    of_email,
    of_golden,
    of_keys,
    of_phone,
)
from roleferry_enrich.resolve.comparisons import SAME
from roleferry_enrich.resolve.keys import with_company, with_person
from roleferry_enrich.resolve.people import is_same_person

REASON = "suppressed"
"""Why a provider was not asked, and an item not worked on."""


class Asking(Protocol):
    """`gateway.gateway.Gateway`, or what stands before it."""

    @property
    def channels(self) -> Mapping[str, Channel]: ...

    async def ask(self, ask: Ask, terms: Terms) -> Report: ...


@lru_cache(maxsize=1_024)
def _forms_of(keys: Keys) -> tuple[NormalForm, ...]:
    return of_keys(keys)


def is_refused(held: SuppressionList, account_id: UUID, request: Request) -> bool:
    """Whether the request asks for somebody suppressed. Raises ServiceUnavailable."""
    if held.is_empty(account_id) or request.goal is not Goal.PERSON:
        return False
    return bool(held.of(account_id, _forms_of(request.keys)))


def suppressed(enrichment: Enrichment) -> Enrichment:
    """What may be told and kept of it: that it was asked for, and what was paid before we knew."""
    request = replace(enrichment.request, keys=Keys(), known_executives=())
    return replace(
        enrichment,
        request=request,
        status=Status.SUPPRESSED,
        person=None,
        company=None,
        executives=(),
        person_id=None,
        company_id=None,
    )


def without_suppressed(held: SuppressionList, enrichment: Enrichment) -> Enrichment:
    """An answer made earlier, as it may be told now. Raises ServiceUnavailable."""
    account_id = enrichment.account_id
    if held.is_empty(account_id) or enrichment.status is Status.SUPPRESSED:
        return enrichment
    person, company = enrichment.person, enrichment.company
    forms = of_golden(person, company) if person else ()
    if is_refused(held, account_id, enrichment.request) or held.of(account_id, forms):
        return suppressed(enrichment)
    leaders, request = enrichment.executives, enrichment.request
    kept = tuple(each for each in leaders if not held.of(account_id, of_golden(each, company)))
    told = _names_told(held, account_id, request.known_executives, request.keys)
    if kept == leaders and told == request.known_executives:
        return enrichment
    return replace(
        enrichment, executives=kept, request=replace(request, known_executives=told)
    )  # fmt: skip


def _names_told(
    held: SuppressionList, account_id: UUID, names: tuple[str, ...], employer: Keys
) -> tuple[str, ...]:
    """Those of the names, at this employer, that may be told anybody."""
    named = ((name, of_claim(PersonClaim(full_name=name), employer)) for name in names)
    return tuple(name for name, forms in named if not held.of(account_id, forms))


class Screening:
    """The gateway, as fan-outs may use it: each through a screen of its own. One per process."""

    def __init__(self, gateway: Asking, held: SuppressionList) -> None:
        self._gateway = gateway
        self._held = held

    @property
    def channels(self) -> Mapping[str, Channel]:
        return self._gateway.channels

    def of(self, account_id: UUID, request: Request) -> "Screen":
        return Screen(self._gateway, self._held, account_id, request)


class Screen:
    """One request's view of the gateway, in which nobody suppressed is to be seen."""

    def __init__(
        self, gateway: Asking, held: SuppressionList, account_id: UUID, request: Request
    ) -> None:
        self._gateway = gateway
        self._held = held
        self._account_id = account_id
        self._request = request
        self._employer = request.keys
        self._recognised: list[Keys] = []
        """Who was found to be suppressed, by all that the finding claim says of them."""
        self._is_refused = False
        self._judged: dict[int, tuple[object, bool]] = {}
        """What has been held against the list: all is screened anew with each that comes."""
        self._judged_by = (held.changes, self._employer)

    @property
    def channels(self) -> Mapping[str, Channel]:
        return self._gateway.channels

    async def ask(self, ask: Ask, terms: Terms) -> Report:
        """As the gateway; of whom must not be spoken nobody is asked and nothing is heard."""
        allowed = self._allowed(ask)
        if allowed is None:
            return _unasked(ask)
        report = await self._gateway.ask(allowed, terms)
        if not isinstance(report.outcome, Found):
            return report
        cleared = self.cleared(report.outcome.observations)
        if self._is_refused and not isinstance(ask.query, CompanyQuery):
            return replace(report, outcome=OptedOut())
        return replace(report, outcome=replace(report.outcome, observations=cleared))

    def cleared(self, observed: Observations) -> Observations:
        """What may be merged, kept and told of these."""
        if self._held.is_empty(self._account_id):
            return observed
        if self._request.goal is Goal.EXECUTIVES:
            # Whoever they work for, some say their name alone.
            claims = (company.claim for company in observed.companies)
            self._employer = reduce(with_company, claims, self._employer)
        for person in observed.people:
            self._recognise(person.claim)
        if self._is_refused:
            return Observations()
        return Observations(
            people=tuple(p for p in observed.people if not self._is_recognised(p)),
            companies=tuple(map(self._impersonal, observed.companies)),
            verdicts=tuple(v for v in observed.verdicts if not self._is_theirs(v)),
        )

    def settled(self, enrichment: Enrichment) -> Enrichment:
        """The answer as it may be told and kept."""
        if self._is_refused:
            return suppressed(enrichment)
        settled = without_suppressed(self._held, enrichment)
        # Whom nobody's words alone gave away is known by what they came to together.
        gone = (each for each in enrichment.executives if each not in settled.executives)
        self._recognised.extend(map(_keys_of, gone))
        return settled

    def _allowed(self, ask: Ask) -> Ask | None:
        """The question without names that must not be told; None where it is about such a one."""
        if self._held.is_empty(self._account_id):
            return ask
        if isinstance(ask.query, CompanyQuery):
            return self._about_company(ask, ask.query)
        keys = Keys(email=ask.query.email) if isinstance(ask.query, EmailQuery) else ask.query.keys
        self._is_refused = self._is_refused or self._on_list(_forms_of(keys))
        return None if self._is_refused else ask

    def _about_company(self, ask: Ask, query: CompanyQuery) -> Ask | None:
        named = query.known_executives
        told = _names_told(self._held, self._account_id, named, query.keys)
        if told == named:
            return None if self._is_refused else ask
        return replace(ask, query=replace(query, known_executives=told)) if told else None

    def _recognise(self, claim: PersonClaim) -> None:
        if not self._is_listed(claim):
            return
        self._recognised.append(with_person(Keys(), claim))
        asked = self._request
        if asked.goal is Goal.PERSON and is_same_person(claim, asked.keys).score >= SAME:
            self._is_refused = True

    def _is_recognised(self, person: PersonObservation) -> bool:
        claim = person.claim
        if self._is_listed(claim):
            return True
        return any(is_same_person(claim, keys).score >= SAME for keys in self._recognised)

    def _is_listed(self, claim: PersonClaim) -> bool:
        return self._once(claim, lambda: of_claim(claim, self._employer))

    def _is_theirs(self, verdict: EmailObservation) -> bool:
        return self._once(verdict, lambda: of_email(verdict.claim.address))

    def _impersonal(self, company: CompanyObservation) -> CompanyObservation:
        """A company of one is reached where that one is."""
        claim = company.claim
        if not self._once(company, lambda: _ways_to(claim)):
            return company
        mail = claim.email is not None and self._on_list(of_email(claim.email))
        phone = claim.phone is not None and self._on_list(of_phone(claim.phone, claim.country))
        bare = replace(
            claim,
            email=None if mail else claim.email,
            phone=None if phone else claim.phone,
        )
        return replace(company, claim=bare)

    def _once(self, thing: object, forms: Callable[[], Iterable[NormalForm]]) -> bool:
        """Whether it is on the list as that is now. Kept by identity, which costs no comparison."""
        as_of = self._held.changes, self._employer
        if as_of != self._judged_by:
            self._judged, self._judged_by = {}, as_of
        if id(thing) not in self._judged:
            self._judged[id(thing)] = thing, self._on_list(forms())
        return self._judged[id(thing)][1]

    def _on_list(self, forms: Iterable[NormalForm]) -> bool:
        return bool(self._held.of(self._account_id, forms))


def _ways_to(claim: CompanyClaim) -> tuple[NormalForm, ...]:
    mail = of_email(claim.email) if claim.email else ()
    return (*mail, *(of_phone(claim.phone, claim.country) if claim.phone else ()))


def _keys_of(person: GoldenPerson) -> Keys:
    return Keys(
        full_name=person.text("full_name"),
        first_name=person.text("first_name"),
        last_name=person.text("last_name"),
        company_name=person.text("company_name"),
    )


def _unasked(ask: Ask) -> Report:
    return Report(
        conversation=uuid4(),
        provider=ask.provider,
        capability=ask.capability,
        outcome=Skipped(REASON),
        latency=timedelta(0),
    )
