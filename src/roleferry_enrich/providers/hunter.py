"""Hunter: addresses of a domain, the address of a named person, and whether one receives mail.

https://hunter.io/api-documentation/v2. Hunter has no company register, no phones in bulk and no
people without an address.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.people import (
    Deliverability,
    EmailClaim,
    EmailKind,
    EmailVerdict,
    PersonClaim,
    PhoneClaim,
)
from roleferry_enrich.domain.queries import CompanyQuery, EmailQuery, PersonQuery
from roleferry_enrich.errors import (
    ProviderError,
    ProviderQuotaSpent,
    ProviderRateLimited,
    ProviderUnauthorised,
)
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    ClaimedByPerson,
    Conversation,
    Findings,
    Pending,
    Provider,
    Spec,
    Window,
    ask,
    offers,
)
from roleferry_enrich.providers.replies import Record, Reply

# Our word for Hunter's, from the verifier's page of the documentation. "webmail" says who runs
# the mailbox, not whether it receives mail.
_DELIVERABILITY: Mapping[str, Deliverability] = MappingProxyType(
    {
        "valid": Deliverability.VALID,
        "invalid": Deliverability.INVALID,
        "accept_all": Deliverability.ACCEPT_ALL,
        "disposable": Deliverability.DISPOSABLE,
    }
)
_KIND: Mapping[str, EmailKind] = MappingProxyType(
    {
        "personal": EmailKind.BUSINESS,  # "personal" is Hunter's word for "not a shared mailbox"
        "generic": EmailKind.ROLE,
    }
)
_FACTS = ("disposable", "webmail", "gibberish", "accept_all", "block")
_STILL_RUNNING = 202
_SERVER_MISBEHAVED = 222
_CLAIMED = 451
_PAGE = 100


class Hunter(Provider):
    spec = Spec(
        name="hunter",
        title="Hunter",
        docs="https://hunter.io/api-documentation/v2",
        base_url="https://api.hunter.io",
        authenticate=lambda key: {"X-API-KEY": key},
        permits=(Window(15, timedelta(seconds=1)), Window(500, timedelta(minutes=1))),
        lanes={"verifier": (Window(10, timedelta(seconds=1)), Window(300, timedelta(minutes=1)))},
        credit_price=MicroUsd(17_000),  # 34 USD for 2,000 credits
        timeout=timedelta(seconds=20),  # the verifier talks SMTP while we wait
        notes=("A 451 means the person asked not to be processed; nobody else is asked then.",),
    )

    @offers(("domain",), gives=("full_name", "title", "business_email", "phone"), credits=1)
    def find_people(self, query: CompanyQuery) -> Conversation[Answer]:
        reply = yield from ask(
            Call.get(
                "/v2/domain-search",
                domain=query.keys.domain,
                type="personal",
                limit=min(query.limit, _PAGE),
            ).costing(1, charged=_has_emails)
        )
        body = reply.record()
        body.require("data")
        data = body.record("data")
        people = tuple(_person_of_row(row, data) for row in data.records("emails"))
        return Findings(people=tuple(p for p in people if p.full_name))

    @offers(
        ("full_name", "domain"),
        ("full_name", "company_name"),
        gives=("business_email", "title", "phone", "linkedin_url"),
        credits=1,
    )
    def find_email(self, query: PersonQuery) -> Conversation[Answer]:
        keys = query.keys
        company = {"domain": keys.domain} if keys.domain else {"company": keys.company_name}
        reply = yield from ask(
            Call.get("/v2/email-finder", full_name=keys.full_name, **company)
            .accepting(_CLAIMED)
            .costing(1, charged=_has_email)
        )
        if reply.status == _CLAIMED:
            return ClaimedByPerson()
        body = reply.record()
        body.require("data")
        data = body.record("data")
        if data.text("email") is None:
            return Findings()
        return Findings(people=(_found_person(data),))

    @offers(("email",), gives=("business_email",), credits=1, fresh_for=timedelta(days=30))
    def verify_email(self, query: EmailQuery) -> Conversation[Answer]:
        reply = yield from ask(
            Call.get("/v2/email-verifier", email=query.email)
            .accepting(_STILL_RUNNING, _SERVER_MISBEHAVED, _CLAIMED)
            .costing(1)
            .in_lane("verifier")
        )
        if reply.status == _CLAIMED:
            return ClaimedByPerson()
        if reply.status in {_STILL_RUNNING, _SERVER_MISBEHAVED}:
            # Asked again it is billed once; the 202 may carry a partial verdict, worth nothing.
            return Pending(retry_after=timedelta(seconds=30))
        body = reply.record()
        body.require("data")
        return Findings(verdicts=(_verdict(query.email, body.record("data")),))

    def refusal(self, call: Call, reply: Reply) -> ProviderError | None:
        """Hunter's documentation and its own client disagree on what 403 and 429 mean.

        The documentation says 403 is "too fast" and 429 "plan used up"; the official MCP server
        treats 429 as "too fast" where Retry-After is present and 403 as permission. So the body
        and the header decide.
        """
        if reply.status not in {403, 429}:
            return super().refusal(call, reply)
        wait = reply.retry_after()
        says_rate = "rate" in reply.text().lower()
        if wait is not None or says_rate:
            return ProviderRateLimited(f"status {reply.status}", retry_after=wait)
        if reply.status == 429:
            return ProviderQuotaSpent("status 429 without a time to wait")
        return ProviderUnauthorised("status 403")


def _has_emails(reply: Reply) -> bool:
    return reply.status == 200 and bool(reply.record().records("data", "emails"))


def _has_email(reply: Reply) -> bool:
    return reply.status == 200 and reply.record().text("data", "email") is not None


def _person_of_row(row: Record, data: Record) -> PersonClaim:
    return PersonClaim(
        as_of=row.day("verification", "date"),
        full_name=_full_name(row),
        first_name=row.text("first_name"),
        last_name=row.text("last_name"),
        title=row.text("position"),
        seniority=row.text("seniority"),
        department=row.text("department"),
        company_name=data.text("organization"),
        company_domain=data.text("domain"),
        linkedin_url=row.text("linkedin"),
        twitter_url=row.text("twitter"),
        emails=_emails(row, "value", row.integer("confidence")),
        phones=_phones(row),
    )


def _found_person(data: Record) -> PersonClaim:
    return PersonClaim(
        as_of=data.day("verification", "date"),
        full_name=_full_name(data),
        first_name=data.text("first_name"),
        last_name=data.text("last_name"),
        title=data.text("position"),
        company_name=data.text("company"),
        company_domain=data.text("domain"),
        linkedin_url=data.text("linkedin_url"),
        twitter_url=data.text("twitter"),
        emails=_emails(data, "email", data.integer("score")),
        phones=_phones(data),
    )


def _full_name(row: Record) -> str | None:
    parts = (row.text("first_name"), row.text("last_name"))
    return " ".join(part for part in parts if part) or None


def _emails(row: Record, member: str, score: int | None) -> tuple[EmailClaim, ...]:
    address = row.text(member)
    if address is None:
        return ()
    status = row.text("verification", "status") or ""
    kind = _KIND.get(row.text("type") or "personal", EmailKind.UNKNOWN)
    return (
        EmailClaim(
            address=address,
            kind=kind,
            deliverability=_DELIVERABILITY.get(status, Deliverability.UNKNOWN),
            score=score,
            checked_on=row.day("verification", "date"),
        ),
    )


def _phones(row: Record) -> tuple[PhoneClaim, ...]:
    number = row.text("phone_number")
    return (PhoneClaim(number=number),) if number else ()


def _verdict(address: str, data: Record) -> EmailVerdict:
    return EmailVerdict(
        address=address,
        deliverability=_DELIVERABILITY.get(data.text("status") or "", Deliverability.UNKNOWN),
        score=data.integer("score"),
        reasons=tuple(fact for fact in _FACTS if data.flag(fact)),
    )
