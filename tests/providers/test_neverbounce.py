"""NeverBounce's quirks: failures in a 200, jobs that take their time, results page by page."""

from dataclasses import replace
from datetime import date, timedelta

import orjson
import pytest
from tests.providers.conformance import NOW, Exchange, ProviderConformance
from tests.providers.samples import documented

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.queries import EmailQuery
from roleferry_enrich.errors import (
    DeadlineTooNear,
    ProviderContractChanged,
    ProviderRateLimited,
    ProviderRefusedQuery,
    ProviderUnauthorised,
    ProviderUnavailable,
)
from roleferry_enrich.providers.contract import Call, Findings, Pause, Pending
from roleferry_enrich.providers.neverbounce import NeverBounce
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply

PROVIDER = NeverBounce()
SINGLE = EmailQuery(email=Email("support@neverbounce.com"))


class TestNeverBounce(ProviderConformance):
    provider_name = "neverbounce"

    def test_finding_nothing_is_recorded_as_such(self, exchanges: list[Exchange]) -> None:
        """A check always ends in a verdict, of which `unknown` is one: it is never "not found"."""
        verdicts = [v for e in exchanges for v in e.expect.get("verdicts", ())]

        assert "not_found" not in {exchange.expect["outcome"] for exchange in exchanges}
        assert {v["deliverability"] for v in verdicts} == {
            *("valid", "invalid", "disposable", "accept_all", "unknown")
        }

    def test_every_call_has_an_object_for_the_key_to_be_in(self, exchanges) -> None:
        for exchange in exchanges:
            for call in next(exchange.start(PROVIDER)):
                assert isinstance(call.json, dict)
                assert not call.params


class Job:
    """NeverBounce's side of a job: what it says each time it is asked, by the end of the path."""

    def __init__(self, **said: list[dict]) -> None:
        self.said = {name.replace("_", "/"): list(bodies) for name, bodies in said.items()}
        self.asked: list[tuple[str, dict]] = []

    def __call__(self, call: Call) -> Reply:
        path = call.path.removeprefix("/v4.2/")
        self.asked.append((path, call.json))
        bodies = self.said[path]
        return replied(bodies.pop(0) if len(bodies) > 1 else bodies[0])

    def times(self, path: str) -> int:
        return sum(path == asked for asked, _ in self.asked)


def replied(body: dict | bytes) -> Reply:
    raw = body if isinstance(body, bytes) else orjson.dumps({"status": "success", **body})
    return Reply(status=200, body=raw, received_at=NOW)


def queries(*addresses: str) -> tuple[EmailQuery, ...]:
    return tuple(EmailQuery(email=Email(address)) for address in addresses)


def row(email: str, result: object = "valid", **more: object) -> dict:
    return {"data": {"email": email}, "verification": {"result": result, "flags": [], **more}}


def page(*rows: dict, pages: object = 1) -> dict:
    return {"total_results": len(rows), "total_pages": pages, "results": list(rows)}


CREATED = {"job_id": 150970}
LATER = Pending(timedelta(minutes=2), "150970")
RUNNING = {"job_status": "running", "percent_complete": 40.5, "total": {"processed": None}}
COMPLETE = {"job_status": "complete", "percent_complete": 100.0, "finished_at": None}


def verified(job: Job, *addresses: str):
    return play(PROVIDER, PROVIDER.verify_emails(queries(*addresses)), job)


def states(answers) -> list[str]:
    return [answer.verdicts[0].deliverability.value for answer in answers]


def test_a_job_is_created_watched_and_read():
    job = Job(
        jobs_create=[CREATED],
        jobs_status=[{"job_status": "queued"}, RUNNING, COMPLETE],
        jobs_results=[page(row("a@a.test"), row("b@b.test", "catchall"))],
    )

    answers = verified(job, "b@b.test", "a@a.test")

    assert states(answers) == ["accept_all", "valid"]
    assert [answer.verdicts[0].address for answer in answers] == ["b@b.test", "a@a.test"]
    assert [path for path, _ in job.asked] == [
        *("jobs/create", "jobs/status", "jobs/status", "jobs/status", "jobs/results")
    ]
    created = job.asked[0][1]
    assert created["input_location"] == "supplied"
    assert created["input"] == [{"email": "a@a.test"}, {"email": "b@b.test"}]
    assert (created["auto_parse"], created["auto_start"]) == (True, True)


def test_the_same_addresses_are_the_same_call_whatever_their_order():
    calls = [
        next(PROVIDER.verify_emails(queries(*order)))
        for order in (("b@b.test", "a@a.test"), ("a@a.test", "b@b.test", "a@a.test"))
    ]

    assert calls[0][0].json == calls[1][0].json


def test_an_address_asked_for_twice_is_paid_for_once():
    job = Job(jobs_create=[CREATED], jobs_status=[COMPLETE], jobs_results=[page(row("A@a.test"))])

    answers = verified(job, "a@a.test", "a@a.test")

    assert states(answers) == ["valid", "valid"]
    assert len(job.asked[0][1]["input"]) == 1


@pytest.mark.parametrize("count", [1, 1_000])
def test_a_job_costs_a_credit_an_address_and_is_created_once(count):
    asked = queries(*(f"p{n}@a.test" for n in range(count)))

    (call,) = next(PROVIDER.verify_emails(asked))

    assert (call.credits, call.repeatable, call.lane) == (count, False, "jobs")
    assert call.charge(replied(CREATED)) == count
    assert call.charge(replied({"status": "general_failure"})) == 0
    assert call.charge(replied(b"<html>")) == count


def test_results_are_read_page_by_page():
    pages = [page(row(f"p{n}@a.test"), pages="3") for n in range(3)]
    job = Job(jobs_create=[CREATED], jobs_status=[COMPLETE], jobs_results=pages)

    answers = verified(job, "p2@a.test", "p0@a.test", "p1@a.test")

    assert states(answers) == ["valid"] * 3
    asked = [body for path, body in job.asked if path == "jobs/results"]
    assert [body["page"] for body in asked] == [1, 2, 3]
    assert {body["items_per_page"] for body in asked} == {1_000}
    assert all(body["bad_syntax"] and body["duplicates"] for body in asked)


def test_an_address_without_a_result_is_not_one_with_a_bad_result():
    job = Job(jobs_create=[CREATED], jobs_status=[COMPLETE], jobs_results=[page(row("a@a.test"))])

    known, unknown = verified(job, "a@a.test", "b@b.test")

    assert known
    assert unknown == Findings(incomplete="the job has no result for this address")


def test_what_was_read_before_a_page_failed_is_kept():
    failed = {"status": "general_failure", "message": "no such page"}
    job = Job(
        jobs_create=[CREATED],
        jobs_status=[COMPLETE],
        jobs_results=[page(row("a@a.test"), pages=2), failed],
    )

    known, unknown = verified(job, "a@a.test", "b@b.test")

    assert known
    assert unknown.incomplete == "not every page of results could be had"


def test_results_that_cannot_be_read_at_all_are_an_error():
    job = Job(jobs_create=[CREATED], jobs_status=[COMPLETE], jobs_results=[{"results": "none"}])

    with pytest.raises(ProviderContractChanged):
        verified(job, "a@a.test")


def test_a_failed_job_is_told_as_one():
    failed = {"job_status": "failed", "failure_reason": "of a@a.test"}

    with pytest.raises(ProviderUnavailable, match=r"^the job failed$"):
        verified(Job(jobs_create=[CREATED], jobs_status=[RUNNING, failed]), "a@a.test")


def test_a_job_held_for_review_is_to_be_asked_for_again_much_later():
    job = Job(jobs_create=[CREATED], jobs_status=[{"job_status": "under_review"}])

    assert verified(job, "a@a.test", "b@b.test") == (Pending(timedelta(hours=1), "150970"),) * 2


@pytest.mark.parametrize("said", [RUNNING, {}, {"job_status": None}, {"job_status": "dreaming"}])
def test_a_job_that_never_ends_is_given_up_some_time(said):
    job = Job(jobs_create=[CREATED], jobs_status=[said])

    assert verified(job, "a@a.test") == (LATER,)
    assert job.times("jobs/status") == 120


@pytest.mark.parametrize("trouble", ["temp_unavail", "throttle_triggered"])
def test_a_look_that_failed_does_not_lose_a_job_that_is_paid_for(trouble):
    job = Job(
        jobs_create=[CREATED],
        jobs_status=[{"status": trouble}, COMPLETE],
        jobs_results=[page(row("a@a.test"))],
    )

    assert states(verified(job, "a@a.test")) == ["valid"]


@pytest.mark.parametrize("started", [{"queue_id": "NB-PQ-1"}, {"status": "general_failure"}])
def test_a_job_that_waits_to_be_started_is_started(started):
    job = Job(
        jobs_create=[CREATED],
        jobs_status=[{"job_status": "waiting"}, COMPLETE],
        jobs_start=[started],
        jobs_results=[page(row("a@a.test"))],
    )

    assert states(verified(job, "a@a.test")) == ["valid"]
    assert job.times("jobs/start") == 1


def test_a_job_without_an_id_is_a_changed_contract():
    with pytest.raises(ProviderContractChanged):
        verified(Job(jobs_create=[{"job_id": None}]), "a@a.test")


def test_looks_become_rarer_and_end_with_the_deadline():
    conversation = PROVIDER.verify_emails(queries("a@a.test"))
    next(conversation)
    step, waits = conversation.send((replied(CREATED),)), []
    for _ in range(10):
        assert isinstance(step, Pause)
        waits.append(step.duration)
        conversation.send(())
        step = conversation.send((replied(RUNNING),))

    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=1), timedelta(seconds=15))
    with pytest.raises(StopIteration) as finished:
        conversation.throw(DeadlineTooNear("enough"))
    assert finished.value.value == (LATER,)


def test_results_there_is_no_time_to_read_are_come_back_for():
    conversation = PROVIDER.verify_emails(queries("a@a.test"))
    next(conversation)
    for replies in ((replied(CREATED),), (), (replied(COMPLETE),)):
        conversation.send(replies)

    with pytest.raises(StopIteration) as finished:
        conversation.throw(DeadlineTooNear("enough"))

    assert finished.value.value == (LATER,)


def test_a_page_that_cannot_be_had_just_now_is_come_back_for():
    job = Job(
        jobs_create=[CREATED],
        jobs_status=[COMPLETE],
        jobs_results=[page(row("a@a.test"), pages=2), {"status": "temp_unavail"}],
    )

    known, later = verified(job, "a@a.test", "b@b.test")

    assert states([known]) == ["valid"]
    assert later == LATER


def test_a_job_that_is_come_back_to_is_not_created_or_paid_again():
    results = page(row("a@a.test"), row("b@b.test", "catchall"))
    job = Job(jobs_status=[RUNNING, COMPLETE], jobs_results=[results])
    (query,) = queries("b@b.test")

    answer = play(PROVIDER, PROVIDER.resume_verify_email(query, "150970"), job)

    assert states([answer]) == ["accept_all"]
    assert [path for path, _ in job.asked] == ["jobs/status", "jobs/status", "jobs/results"]
    assert {body["job_id"] for _, body in job.asked} == {150970}


@pytest.mark.parametrize(
    ("result", "state"),
    [
        ("valid", "valid"), (0, "valid"), ("1", "invalid"), ("Disposable", "disposable"),
        (3.0, "unknown"), (3, "accept_all"), ("unknown", "unknown"), (None, "unknown"),
        (True, "unknown"), (["valid"], "unknown"), ("", "unknown"),
    ],
)  # fmt: skip
def test_a_result_is_never_taken_for_another(result, state):
    job = Job(
        jobs_create=[CREATED], jobs_status=[COMPLETE], jobs_results=[page(row("a@a.test", result))]
    )

    assert states(verified(job, "a@a.test")) == [state]


DRIFTED = [None, [], {}, 12, 1.5, "text", [None, 3, "x"], {"x": [1]}]


@pytest.mark.parametrize("drifted", DRIFTED)
@pytest.mark.parametrize("member", ["data", "verification", "flags", "email", "total_pages"])
def test_no_drift_of_a_result_raises(member, drifted):
    good = row("a@a.test")
    bad = {
        "data": {"data": drifted}, "verification": {"verification": drifted},
        "flags": row("b@b.test", flags=drifted), "email": {"data": {"email": drifted}},
        "total_pages": {},
    }[member]  # fmt: skip
    pages = drifted if member == "total_pages" else 1
    results = [page(good, {**row("b@b.test"), **bad}, drifted, pages=pages)]
    job = Job(jobs_create=[CREATED], jobs_status=[COMPLETE], jobs_results=results)

    known, _ = verified(job, "a@a.test", "b@b.test")

    assert states([known]) == ["valid"]


def test_a_failure_tells_nothing_of_what_was_asked():
    said = {"status": "general_failure", "message": "Invalid email ada@secret.test"}

    error = PROVIDER.refusal(Call.post("/x", json={}), replied(said))

    assert isinstance(error, ProviderRefusedQuery)
    assert "ada" not in str(error)


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("Invalid email: 'credit.control@a.test'", "refused"),
        ("The email balance@apikey.test is invalid", "refused"),
        ("Insufficient credits", "quota_spent"),
        ("Your balance is too low", "quota_spent"),
        ("Missing required parameter 'key'", "unauthorised"),
        ("Not a V4 API key", "unauthorised"),
        (None, "refused"),
    ],
)
def test_an_address_in_a_message_is_not_taken_for_what_went_wrong(message, outcome):
    said = {"status": "general_failure", "message": message}

    error = PROVIDER.refusal(Call.post("/x", json={}), replied(said))

    assert error is not None
    assert error.outcome == outcome


def test_a_throttle_that_names_its_time_is_heeded():
    reply = replace(replied({"status": "throttle_triggered"}), headers={"retry-after": "7"})

    error = PROVIDER.refusal(Call.post("/x", json={}), reply)

    assert isinstance(error, ProviderRateLimited)
    assert error.retry_after == timedelta(seconds=7)


def test_the_documented_check_is_read():
    body = documented("neverbounce", "single_check_address_info__openapi.json")

    (verdict,) = play(PROVIDER, PROVIDER.verify_email(SINGLE), lambda _: replied(body)).verdicts

    assert verdict.deliverability is Deliverability.VALID
    assert verdict.reasons == ("has_dns", "has_mx", "role")


def test_the_documented_failure_is_read():
    body = documented("neverbounce", "error__java_sdk.json")

    with pytest.raises(ProviderUnauthorised):
        play(PROVIDER, PROVIDER.verify_email(SINGLE), lambda _: replied(body))


@pytest.mark.parametrize("status", ["job_status__java_sdk.json", "jobs_status_float__go_sdk.json"])
@pytest.mark.parametrize(
    ("results", "known"),
    [
        ("job_results__java_sdk.json", {"invalid@neverbounce.com": "invalid"}),
        (
            "jobs_results_with_header_row__openapi.json",
            {"invalid@neverbounce.com": "invalid", "support@neverbounce.com": "valid"},
        ),
    ],
)
def test_the_documented_job_is_read(status, results, known):
    job = Job(
        jobs_create=[documented("neverbounce", "job_create__java_sdk.json")],
        jobs_status=[
            {"job_status": "waiting"},
            documented("neverbounce", "job_callback__docs.json"),  # says nothing of how it stands
            documented("neverbounce", status),
        ],
        jobs_start=[documented("neverbounce", "job_start__java_sdk.json")],
        jobs_results=[documented("neverbounce", results)],
    )

    answers = verified(job, *known, "email@neverbounce.com")

    assert {v.address: v.deliverability.value for a in answers for v in a.verdicts} == known
    assert {v.checked_on for a in answers for v in a.verdicts} == {date(2017, 7, 25)}
    assert answers[-1].incomplete
    assert job.asked[1] == ("jobs/status", {"job_id": 150970})
    assert job.times("jobs/start") == 1
