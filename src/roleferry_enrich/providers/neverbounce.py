"""NeverBounce: whether an address receives mail, one at a time or many in a job.

https://developers.neverbounce.com, version 4.2. Its failures come as a 200 whose `status` says
what went wrong. A job takes as long as it takes: nothing is promised.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.people import EmailVerdict
from roleferry_enrich.domain.queries import EmailQuery
from roleferry_enrich.domain.quotas import Quota
from roleferry_enrich.errors import (
    CallSkipped,
    ProviderContractChanged,
    ProviderError,
    ProviderQuotaSpent,
    ProviderRateLimited,
    ProviderRefusedQuery,
    ProviderUnauthorised,
    ProviderUnavailable,
)
from roleferry_enrich.providers.claims.neverbounce import addressee, verdict
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    Conversation,
    Findings,
    Pending,
    Provider,
    Spec,
    Window,
    ask,
    offers,
    pause,
)
from roleferry_enrich.providers.credentials import InBody
from roleferry_enrich.providers.gathering import gathers
from roleferry_enrich.providers.replies import Record, Reply

_SUCCESS = "success"
_FAILURES: Mapping[str, type[ProviderError]] = MappingProxyType(
    {
        "auth_failure": ProviderUnauthorised,
        "bad_referrer": ProviderUnauthorised,  # the key may not be used from where we are
        "throttle_triggered": ProviderRateLimited,
        "temp_unavail": ProviderUnavailable,
    }
)
_GENERAL_FAILURE = "general_failure"
_SMTP_PATIENCE_S = 12
_MOST_IN_A_JOB = 1_000
_WORTH_A_JOB = 20
# A job is for lists: whoever is waited for at a form has not got the time, and is not held up.
_TAKES_AT_LEAST = timedelta(seconds=10)
_GATHERED_WITHIN = timedelta(milliseconds=500)
_PAGE = 1_000
_MOST_PAGES = 100
_EVERY_RESULT = dict.fromkeys(
    ("valids", "invalids", "disposables", "catchalls", "unknowns", "duplicates", "bad_syntax"), 1
)
_FIRST_LOOK = timedelta(seconds=1)
_LOOKS_GROW_BY = 1.5
_RAREST_LOOK = timedelta(seconds=15)
_LOOKS = 120  # half an hour
_COME_BACK = timedelta(minutes=2)
_AFTER_REVIEW = timedelta(hours=1)


class NeverBounce(Provider):
    spec = Spec(
        name="neverbounce",
        title="NeverBounce",
        docs="https://developers.neverbounce.com",
        base_url="https://api.neverbounce.com",
        authenticate=InBody("key"),
        lanes=MappingProxyType({"jobs": (Window(50, timedelta(days=1)),)}),
        credit_price=MicroUsd(8_000),  # 8 USD for 1,000 credits
        timeout=timedelta(seconds=20),  # it talks SMTP while we wait
        notes=(
            "At most 10 jobs may run at once, and how long one takes is not promised.",
            "An account that checks a whole list one by one may be locked.",
        ),
    )

    @offers(("email",), gives=("business_email",), credits=1, fresh_for=timedelta(days=30))
    def verify_email(self, query: EmailQuery) -> Conversation[Answer]:
        asked = {"email": query.email, "timeout": _SMTP_PATIENCE_S, "credits_info": 1}
        reply = yield from ask(_call("single/check", asked).costing_each(1, _credits_used))
        body = reply.record()
        body.require("result")
        return Findings(verdicts=(verdict(query.email, body),))

    @gathers(
        "verify_email",
        most=_MOST_IN_A_JOB,
        fewest=_WORTH_A_JOB,
        within=_GATHERED_WITHIN,
        takes=_TAKES_AT_LEAST,
    )
    def verify_emails(self, queries: tuple[EmailQuery, ...]) -> Conversation[tuple[Answer, ...]]:
        """All of them in one job; the answers are in the order of the queries.

        The job is paid for when it is created. If it ends after the deadline, each answer says
        to come back, and to which job.
        """
        job = yield from _created(sorted({query.email for query in queries}))
        return (yield from _answers(job, queries))

    def resume_verify_email(self, query: EmailQuery, reference: str) -> Conversation[Answer]:
        """Go on with the job in which it was paid for, by its id."""
        (answer,) = yield from _answers(int(reference), (query,))
        return answer

    def usage(self) -> Conversation[Quota | None]:
        """Credits that were bought and those given each month are used up alike."""
        credits = (yield from ask(_call("account/info", {}))).record().record("credits_info")
        bought, given = (credits.number(f"{kind}_credits_remaining") for kind in ("paid", "free"))
        if bought is None and given is None:
            raise ProviderContractChanged("the account tells no credits")
        return Quota(remaining=max(0.0, (bought or 0.0) + (given or 0.0)))

    def refusal(self, call: Call, reply: Reply) -> ProviderError | None:
        if reply.status != 200:
            return super().refusal(call, reply)
        try:
            body = reply.record()
        except ProviderContractChanged as unreadable:
            return unreadable
        status = body.text("status") or _SUCCESS  # without one, the rest of the body has to do
        if status == _SUCCESS:
            return None
        if status == _GENERAL_FAILURE:
            return _general_failure(body.text("message") or "")
        error = _FAILURES.get(status)
        if error is None:
            return ProviderContractChanged("a status that is not documented")
        return error(f"status {status}", retry_after=reply.retry_after())


def _general_failure(message: str) -> ProviderError:
    """What went wrong is said in English only.

    The message may repeat the address, which may be credit-control@: that is no part of it.
    """
    words = " ".join(word for word in message.lower().split() if "@" not in word)
    if "credit" in words or "balance" in words:
        return ProviderQuotaSpent("status general_failure: out of credits")
    if "'key'" in words or "api key" in words:
        return ProviderUnauthorised("status general_failure: no key")
    return ProviderRefusedQuery("status general_failure")


def _call(path: str, asked: Mapping[str, object]) -> Call:
    return Call.post(f"/v4.2/{path}", json=asked)


def _credits_used(reply: Reply) -> int:
    if not _is_charged(reply):
        return 0
    used = reply.record().integer("credits_info", "paid_credits_used")
    return 1 if used is None else used


def _is_charged(reply: Reply) -> bool:
    return reply.status == 200 and reply.record().text("status") in {_SUCCESS, None}


def _created(addresses: Sequence[str]) -> Conversation[int]:
    """The id of a new job that parses and starts by itself."""
    asked = {
        "input_location": "supplied",
        "input": [{"email": address} for address in addresses],
        "auto_parse": True,
        "auto_start": True,
    }
    call = _call("jobs/create", asked).costing(len(addresses), charged=_is_charged)
    job = (yield from ask(call.in_lane("jobs"))).record().integer("job_id")
    if job is None:
        raise ProviderContractChanged("a job without an id")
    return job


def _answers(job: int, queries: tuple[EmailQuery, ...]) -> Conversation[tuple[Answer, ...]]:
    status = yield from _finished(job)
    if isinstance(status, Pending):
        return (status,) * len(queries)
    verdicts, otherwise = yield from _results(job, status)
    found = (verdicts.get(query.email.lower()) for query in queries)
    return tuple(Findings(verdicts=(each,)) if each else otherwise for each in found)


def _finished(job: int) -> Conversation[Record | Pending]:
    """The status of the job when it is complete. Raises ProviderUnavailable if it failed.

    It is paid for: whatever keeps us from looking, it can be looked at later.
    """
    wait, is_started = _FIRST_LOOK, False
    for _ in range(_LOOKS):
        try:
            yield from pause(wait)
            status = (yield from ask(_call("jobs/status", {"job_id": job}))).record()
        except (ProviderUnavailable, ProviderRateLimited):
            status = Record({})
        except CallSkipped:
            break
        match status.text("job_status"):
            case "complete":
                return status
            case "failed":
                raise ProviderUnavailable("the job failed")
            case "under_review":
                return Pending(_AFTER_REVIEW, str(job))
            case "waiting" if not is_started:
                is_started = yield from _started(job)
        wait = min(wait * _LOOKS_GROW_BY, _RAREST_LOOK)
    return Pending(_COME_BACK, str(job))


def _started(job: int) -> Conversation[bool]:
    """Tell a job to start that was not started by itself; refused where it has been meanwhile."""
    try:
        reply = yield from ask(_call("jobs/start", {"job_id": job}))
    except (ProviderRefusedQuery, ProviderUnavailable, ProviderRateLimited):
        return False
    return reply.record().text("queue_id") is not None


def _results(job: int, status: Record) -> Conversation[tuple[dict[str, EmailVerdict], Answer]]:
    """The verdicts by address, and the answer for any address without one."""
    checked_on = status.day("finished_at")
    verdicts: dict[str, EmailVerdict] = {}
    page = pages = 1
    while page <= min(pages, _MOST_PAGES):
        try:
            body = yield from _page(job, page)
        except (CallSkipped, ProviderUnavailable, ProviderRateLimited):
            return verdicts, Pending(_COME_BACK, str(job))
        except ProviderError:
            if not verdicts:
                raise
            return verdicts, Findings(incomplete="not every page of results could be had")
        for row in body.records("results"):
            if (address := addressee(row)) is not None:
                verdicts[address] = verdict(address, row.record("verification"), checked_on)
        pages = body.integer("total_pages") or 1
        page += 1
    return verdicts, Findings(incomplete="the job has no result for this address")


def _page(job: int, page: int) -> Conversation[Record]:
    asked = {"job_id": job, "page": page, "items_per_page": _PAGE, **_EVERY_RESULT}
    body = (yield from ask(_call("jobs/results", asked))).record()
    if not isinstance(body.value("results"), list):
        raise ProviderContractChanged("results is not a list")
    return body
