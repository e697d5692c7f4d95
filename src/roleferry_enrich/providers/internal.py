"""Our own database: what this account's earlier requests have observed, as it was said then.

Not a service, and yet asked like one: `storage/recollections.py` answers its calls, the sandbox
those that are sent to a base URL. What is too old, or of somebody who asked not to be processed,
is refused there and never reaches this side.
"""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import msgspec

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.observations import Observation, Provenance
from roleferry_enrich.domain.people import EmailVerdict, PersonClaim
from roleferry_enrich.domain.queries import CompanyQuery, EmailQuery, Keys, PersonQuery
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.errors import ProviderContractChanged
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    ClaimedByPerson,
    Conversation,
    Spec,
    ask,
    offers,
)
from roleferry_enrich.providers.own_store import OwnStore, Recollection
from roleferry_enrich.providers.replies import Reply

Subject = TypeVar("Subject", PersonClaim, CompanyClaim, EmailVerdict)

PERSON, PEOPLE, COMPANY = "/v1/person", "/v1/people", "/v1/company"
MAILBOX = "/v1/mailbox"
NOT_FOUND = 404
OPTED_OUT = 451

_NAMED = (
    *(("full_name", "domain"), ("full_name", "company_number"), ("full_name", "company_name")),
    *(("first_name", "last_name", "domain"), ("first_name", "last_name", "company_name")),
)
_EMPLOYERS = (("company_number",), ("domain",), ("company_name",))


class Internal(OwnStore):
    spec = Spec(
        name="internal",
        title="Internal database",
        docs="https://www.postgresql.org/docs/current/",
        base_url="https://internal.invalid",
        timeout=timedelta(seconds=1),
        notes=(
            "What your account's own requests have found earlier, with who said it and when.",
            "Bounces and spam reports that your mail service sends by webhook.",
            "Nothing older than `ROLEFERRY_RETENTION_DAYS`, and nobody who has opted out.",
        ),
    )

    @offers(
        ("email",),
        ("linkedin_url",),
        *_NAMED,
        gives=(
            *("full_name", "first_name", "last_name", "title", "seniority", "department"),
            *("company_name", "linkedin_url", "phone", "business_email", "personal_email"),
            *("location", "city", "state", "country", "zip_code", "domain"),
        ),
        hints=(
            *("email", "linkedin_url", "full_name", "first_name", "last_name"),
            *("domain", "company_name", "company_number"),
        ),
    )
    def find_person(self, query: PersonQuery) -> Conversation[Answer]:
        reply = yield from ask(_call(PERSON, query.keys))
        return _people(reply)

    @offers(
        *_EMPLOYERS,
        # For one person's sake `find_person` knows as much.
        gives=("role", "appointed_on"),
        hints=("company_number", "domain", "company_name", "country"),
    )
    def find_people(self, query: CompanyQuery) -> Conversation[Answer]:
        reply = yield from ask(_call(PEOPLE, query.keys, limit=query.limit))
        return _people(reply)

    @offers(("email",), gives=("business_email", "personal_email"))
    def verify_email(self, query: EmailQuery) -> Conversation[Answer]:
        """What became of mails that were sent there, as those who sent them have told us."""
        reply = yield from ask(_call(MAILBOX, Keys(email=query.email)))
        if reply.status != 200:
            return _nothing(reply)
        return Recollection.of(verdicts=_said(reply, _OfMailbox))

    @offers(
        *_EMPLOYERS,
        gives=(
            *("company_name", "domain", "company_number", "legal_name", "industry"),
            *("company_size", "company_revenue", "technologies", "phone", "linkedin_url"),
            *("city", "state", "country", "zip_code"),
        ),
        hints=("company_number", "domain", "company_name", "country"),
    )
    def find_company(self, query: CompanyQuery) -> Conversation[Answer]:
        reply = yield from ask(_call(COMPANY, query.keys))
        if reply.status != 200:
            return _nothing(reply)
        return Recollection.of(companies=_said(reply, _OfCompany))


def _people(reply: Reply) -> Answer:
    if reply.status != 200:
        return _nothing(reply)
    return Recollection.of(people=_said(reply, _OfPerson))


def _call(path: str, keys: Keys, **more: int) -> Call:
    """In the body, which no log of addresses shows."""
    known = {each.name: getattr(keys, each.name) for each in fields(keys)}
    body = {name: value for name, value in known.items() if value is not None}
    call = Call.post(path, {**body, **more}).accepting(NOT_FOUND, OPTED_OUT)
    # Who has to pay waits behind this: a database that was slow once is not asked again.
    return replace(call, repeatable=False)


def _nothing(reply: Reply) -> Answer:
    return ClaimedByPerson() if reply.status == OPTED_OUT else Recollection()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept(Generic[Subject]):
    """One observation, as the reply writes it."""

    provider: str
    capability: str
    origin: str
    conversation: UUID
    observed_at: Annotated[datetime, msgspec.Meta(tz=True)]
    claim: Subject

    def observation(self) -> Observation[Subject]:
        said = Provenance(
            provider=self.provider,
            capability=self.capability,
            origin=self.origin,
            conversation=self.conversation,
            observed_at=self.observed_at,
            cached=True,
            recalled=True,
        )
        return Observation(self.claim, said)


_OfPerson = _Kept[PersonClaim]
_OfCompany = _Kept[CompanyClaim]
_OfMailbox = _Kept[EmailVerdict]


def _said(reply: Reply, kind: type[_Kept[Subject]]) -> tuple[Observation[Subject], ...]:
    """What can be read: an observation of a form that is no more costs itself alone."""
    rows = reply.record().value("observations")
    if not isinstance(rows, list):
        raise ProviderContractChanged("no list 'observations' in the body")
    kept = tuple(row for row in (_read(row, kind) for row in rows) if row is not None)
    if rows and not kept:
        raise ProviderContractChanged("no observation can be read")
    return tuple(row.observation() for row in kept)


def _read(row: object, kind: type[_Kept[Subject]]) -> _Kept[Subject] | None:
    try:
        return msgspec.convert(row, kind)
    except msgspec.ValidationError:
        return None
