"""Clay: a company and the names of its people by search, addresses by a routine of the customer's.

https://developers.clay.com, the public API v0. A search is an iterator kept by Clay that only goes
forward: a page whose reply was lost is gone, and is never asked for again. A routine takes seconds
to minutes and is charged when it starts: whoever comes back asks for the run that was begun.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import CompanyQuery, Keys, PersonQuery
from roleferry_enrich.errors import (
    CallSkipped,
    ProviderConnectionLost,
    ProviderContractChanged,
    ProviderError,
    ProviderRateLimited,
    ProviderRefusedQuery,
    ProviderUnavailable,
)
from roleferry_enrich.providers.claims.clay import (
    company_claim,
    company_of,
    person_claim,
    person_with_addresses,
)
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    Conversation,
    Findings,
    Pending,
    RateHeaders,
    Spec,
    ask,
    offers,
    pause,
)
from roleferry_enrich.providers.replies import Record, Reply
from roleferry_enrich.providers.routines import RunsRoutine

_ROOT = "/public/v0"
_GONE = 404
_BEGUN = 202
# Of the values the people filter takes (2026-08); a value it does not know refuses the search.
_EXECUTIVES = ("founder", "owner", "partner", "c-suite", "vp", "head", "director")
_PAGE = 100
_MOST_PAGES = 20
_RECORDS_OF_A_DOMAIN = 10
_ID = re.compile(r"[A-Za-z0-9][\w:.-]{0,127}", re.ASCII)
_ITEM = "1"
# How long before each look at a run that was just begun, as long as there is time; whoever comes
# back for one has less.
_LOOKS = tuple(timedelta(seconds=seconds) for seconds in (1, 1, 2, 3, 5, 8))
_LATER_LOOKS = tuple(timedelta(seconds=seconds) for seconds in (0, 2, 4))
_COME_BACK, _COME_BACK_LATER = timedelta(seconds=30), timedelta(seconds=120)


class Clay(RunsRoutine):
    by_routine = frozenset({"find_email"})
    spec = Spec(
        name="clay",
        title="Clay",
        docs="https://developers.clay.com",
        base_url="https://api.clay.com",
        authenticate=lambda key: {"clay-api-key": key},
        rate_headers=(RateHeaders("x-ratelimit-remaining", "x-ratelimit-reset"),),
        credit_price=MicroUsd(55_667),  # the Launch plan: 167 USD for 3,000 data credits
        timeout=timedelta(seconds=15),
        notes=(
            "The public API is new (v0); Clay calls its keys and its query search beta.",
            "Searches give no addresses, and use up the workspace's search quota.",
            "Addresses (`find_email`) are found by a routine of yours, which `ROUTINE` names.",
            "A run of it may take minutes, and costs what it spends: set `PRICE` to that.",
        ),
    )

    @offers(
        ("domain",),
        gives=(
            "full_name",
            "first_name",
            "last_name",
            "title",
            "company_name",
            "linkedin_url",
            "location",
            "city",
            "state",
        ),
    )
    def find_people(self, query: CompanyQuery) -> Conversation[Answer]:
        search = yield from _search("filters-mode", _people_wanted(query))
        domain, seen = query.keys.domain or "", 0
        people: list[PersonClaim] = []
        for _ in range(_MOST_PAGES):
            try:
                reply = yield from ask(_page("filters-mode", search, query.limit - seen))
                body = _rows_page(reply)
            except (ProviderError, CallSkipped) as lost:
                if not people:
                    raise
                return Findings(people=tuple(people), incomplete=_why_incomplete(lost))
            rows = body.records("data")
            seen += len(rows)
            people += [claim for row in rows if (claim := person_claim(row, domain))]
            del people[query.limit :]
            if body.flag("has_more") is False or seen >= query.limit:
                return Findings(people=tuple(people))
            if not rows or body.flag("has_more") is None:
                break
        return Findings(people=tuple(people), incomplete="it does not say where the list ends")

    @offers(
        ("domain",),
        gives=(
            "company_name",
            "domain",
            "industry",
            "company_size",
            "company_revenue",
            "country",
            "linkedin_url",
        ),
        fresh_for=timedelta(days=30),
    )
    def find_company(self, query: CompanyQuery) -> Conversation[Answer]:
        domain = query.keys.domain or ""
        asked = {"query": f'select from companies where domain = "{_quoted(domain)}"'}
        search = yield from _search("query-mode", asked)
        reply = yield from ask(_page("query-mode", search, _RECORDS_OF_A_DOMAIN))
        found = company_of(_rows_page(reply).records("data"), domain)
        return Findings(companies=(company_claim(found),) if found else ())

    @offers(
        ("full_name", "domain"),
        ("linkedin_url",),
        ("full_name", "company_name"),
        hints=("first_name", "last_name"),
        gives=("business_email", "personal_email"),
        credits=1,
        fresh_for=timedelta(days=30),
    )
    def find_email(self, query: PersonQuery) -> Conversation[Answer]:
        assert self.routine is not None, "not offered without a routine"
        item = {"id": _ITEM, "inputs": dict(self.routine.given(query.keys))}
        told = {"webhook_id": self.routine.webhook} if self.routine.webhook else {}
        call = Call.post(f"{_ROOT}/routines/{self.routine.id}/run", {"items": [item], **told})
        reply = yield from ask(call.accepting(_BEGUN).costing(1, charged=_may_have_begun))
        return (yield from _result(_id(reply, "routine_run_id"), query.keys, _LOOKS, _COME_BACK))

    def resume_find_email(self, query: PersonQuery, reference: str) -> Conversation[Answer]:
        """Go on with a run that was begun and paid for, by its id."""
        return (yield from _result(reference, query.keys, _LATER_LOOKS, _COME_BACK_LATER))

    def refusal(self, call: Call, reply: Reply) -> ProviderError | None:
        """A 404 is never "nothing found", and after a 5xx a page or a run may be spent."""
        if reply.status == _GONE and "deprecated" in reply.text().lower():
            return ProviderContractChanged("status 404: the endpoint is retired")
        if reply.status == _GONE and call.credits:
            return ProviderRefusedQuery("status 404: the key's workspace has no such routine")
        error = super().refusal(call, reply)
        if isinstance(error, ProviderUnavailable) and not call.repeatable:
            return ProviderConnectionLost(error.reason, retry_after=error.retry_after)
        return error


def _people_wanted(query: CompanyQuery) -> Mapping[str, object]:
    """An empty filter would be refused, so that only what is asked for is sent."""
    titles, levels = list(query.titles), list(_EXECUTIVES)
    by = {"job_title_keywords": titles} if titles else {"job_title_seniority_levels_v2": levels}
    return {
        "source_type": "people",
        "filters": {"company_identifier": [query.keys.domain], **by},
    }


def _search(mode: str, asked: Mapping[str, object]) -> Conversation[str]:
    """Begun anew it costs nothing; only its pages count."""
    reply = yield from ask(Call.post(f"{_ROOT}/search/{mode}", dict(asked)))
    return _id(reply, "search_id")


def _page(mode: str, search: str, most: int) -> Call:
    call = Call.post(f"{_ROOT}/search/{mode}/{search}/run", {"limit": min(most, _PAGE)})
    return replace(call, repeatable=False)


def _rows_page(reply: Reply) -> Record:
    body = reply.record()
    if not isinstance(body.value("data"), list):
        raise ProviderContractChanged("data is not a list")
    return body


def _why_incomplete(lost: ProviderError | CallSkipped) -> str:
    return f"a page was lost and cannot be asked for again ({str(lost) or 'not asked'})"


def _result(
    run: str, keys: Keys, looks: tuple[timedelta, ...], come_back: timedelta
) -> Conversation[Answer]:
    """What the run found, if it ends while there is time; trouble on the way does not undo it."""
    call = Call.get(f"{_ROOT}/routines/run/{run}/results").accepting(_BEGUN)
    asked_for = timedelta(0)
    try:
        for wait in looks:
            yield from pause(max(wait, asked_for))
            reply = yield from ask(call)
            if not _in_progress(reply):
                return _found(reply, keys)
            asked_for = reply.retry_after() or asked_for
    except (ProviderUnavailable, ProviderRateLimited) as trouble:
        asked_for = trouble.retry_after or asked_for
    except CallSkipped:
        pass
    return Pending(max(come_back, asked_for), reference=run)


def _in_progress(reply: Reply) -> bool:
    return reply.status == _BEGUN or reply.record().text("status") == "in_progress"


def _found(reply: Reply, keys: Keys) -> Findings:
    body = _rows_page(reply)
    ours = next((row for row in body.records("data") if row.text("id") == _ITEM), Record({}))
    if body.text("status") != "complete" or ours.text("status") != "complete":
        # What the routine says of it may hold what it was given.
        return Findings(incomplete="the routine ended without a result for this person")
    person = person_with_addresses(ours.record("result"), keys)
    return Findings(people=(person,) if person else ())


def _may_have_begun(reply: Reply) -> bool:
    return reply.status in {200, _BEGUN} or reply.status >= 500


def _id(reply: Reply, name: str) -> str:
    found = reply.record().text(name)
    if found is None or not _ID.fullmatch(found):
        raise ProviderContractChanged(f"no readable {name} in the body")
    return found


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
