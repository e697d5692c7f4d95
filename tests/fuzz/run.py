"""Drives schemathesis over the OpenAPI document: every phase, every check."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.core.transport import Response
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.openapi.checks import EnsureResourceAvailability, RejectedPositiveData
from tests.fuzz.house import House

from roleferry_enrich.api.idempotency import REPLAYED

_TEXTS = ("application/x-ndjson", "text/csv")
PHASES = ("examples", "coverage", "fuzzing", "stateful")
# A stream of a job's progress goes on for as long as the job does.
_MOST_STREAMED = 1
_OFTEN = 0.8
"""How often an id is one that exists."""
_REFUSED = ["400", "401", "403", "404", "406", "408", "413", "414", "415", "422", "431", "503"]
MEANING = frozenset(
    {
        *("identifier_required", "invalid_email", "invalid_domain", "invalid_linkedin_url"),
        *("invalid_company_number", "invalid_company_name", "invalid_name", "invalid_country"),
        "invalid_phone",
        *(
            "unknown_provider",
            "none_left",
            "unknown_waterfall",
            "not_a_waterfall",
            "too_precise",
            "too_long",
        ),
        *("invalid_cursor", "refused", "key_reused", "invalid_callback_url", "not_in_a_batch"),
        # Two days that do not go together.
        "invalid_period",
    }
)
"""What a schema cannot say of a value: a 422 with these codes alone is no broken promise."""
_MEANING_OF_TEXT = MEANING | {"none_recognised", "unknown_column", "malformed", "too_short"}
"""Of a table or of lines the document says nothing but that they are text."""


@dataclass(frozen=True, slots=True)
class Bounds:
    requests: int
    seconds: float
    examples: int
    """How many of each operation, in each phase."""
    seed: int
    phases: tuple[str, ...] = PHASES


@dataclass
class Findings:
    """What the checks have to say, each once with how often and how to see it."""

    counts: Counter[str] = field(default_factory=Counter)
    details: dict[str, str] = field(default_factory=dict)
    checked: Counter[str] = field(default_factory=Counter)

    def add(self, what: str, detail: str) -> None:
        self.counts[what] += 1
        self.details.setdefault(what, detail)


def configuration(house: House, bounds: Bounds) -> SchemathesisConfig:
    ids = {name: {"values": values} for name, values in house.ids.items()}
    return SchemathesisConfig.from_dict(
        {
            "seed": bounds.seed,
            "max-time": max(1, int(bounds.seconds)),
            "continue-on-failure": True,
            "max-stream-events": _MOST_STREAMED,
            "request-timeout": 60,
            "cache": {"enabled": False},
            "output": {"sanitization": {"enabled": False}},  # there is nobody's secret
            "auth": {"openapi": {"apiKey": {"bearer": house.key}}},
            "dictionaries": ids,
            "parameters": {
                f"path.{name}": {"dictionary": name, "probability": _OFTEN} for name in ids
            },
            "checks": {"negative_data_rejection": {"expected-statuses": _REFUSED}},
            "phases": {name: _phase(name, bounds) for name in PHASES},
            "generation": {
                "mode": "all",
                "max-examples": bounds.examples,
                "no-shrink": True,
                "database": "none",
            },
        }
    )


def _phase(name: str, bounds: Bounds) -> dict[str, Any]:
    # Left to itself it takes our refusals for rules that the document forgot.
    unguided = {"error-feedback": {"enabled": False}} if name == "fuzzing" else {}
    return {"enabled": name in bounds.phases, **unguided}


def fuzz(house: House, bounds: Bounds, say: Callable[[str], None]) -> Findings:
    """Until the bounds are met or nothing is left to try."""
    findings = Findings()
    schema = schemathesis.openapi.from_dict(house.document, config=configuration(house, bounds))
    schema.app = house.app
    stream = from_schema(schema).execute()
    for event in stream:
        _note(event, findings)
        if isinstance(event, events.ScenarioFinished):
            say(f"{house.tally.total} requests, now {event.recorder.label}")
        if house.tally.total >= bounds.requests:
            stream.stop()
    return findings


def _note(event: events.EngineEvent, findings: Findings) -> None:
    if isinstance(event, events.FatalError):
        raise event.exception
    if isinstance(event, events.NonFatalError):
        findings.add(f"{event.label}: {type(event.value).__name__}", str(event.value))
    if isinstance(event, events.ScenarioFinished):
        for case_id in event.recorder.checks:
            _judge(event.recorder, case_id, findings)


def _judge(recorder: ScenarioRecorder, case_id: str, findings: Findings) -> None:
    answer = recorder.find_response(case_id=case_id)
    for check in recorder.checks[case_id]:
        findings.checked[check.name] += 1
        if check.failure_info is None:
            continue
        failure = check.failure_info.failure
        codes = _codes(answer)
        case = recorder.cases[case_id].value
        is_text = case.media_type in _TEXTS
        if _is_about_meaning(failure, answer, codes, _MEANING_OF_TEXT if is_text else MEANING):
            continue
        if _is_about_an_old_answer(failure, recorder, case_id):
            continue
        if _is_a_row_that_was_named(failure, answer, codes):
            continue
        label = case.operation.label
        status = answer.status_code if answer else "no answer"
        what = f"{label}: {failure.title}: {status} {sorted(codes)}"
        findings.add(what, f"{failure.message[:600]}\n{check.failure_info.code_sample[:600]}")


def _is_about_meaning(
    failure: Failure, answer: Response | None, codes: set[str], meaning: frozenset[str]
) -> bool:
    if not isinstance(failure, RejectedPositiveData) or answer is None:
        return False
    return answer.status_code == 422 and bool(codes) and codes <= meaning


def _is_about_an_old_answer(failure: Failure, recorder: ScenarioRecorder, case_id: str) -> bool:
    """What an answer tells that is given again may have been removed since."""
    before = recorder.find_parent(case_id=case_id)
    if not isinstance(failure, EnsureResourceAvailability) or before is None:
        return False
    answer = recorder.find_response(case_id=before.id)
    return answer is not None and REPLAYED.lower() in answer.headers


def _is_a_row_that_was_named(failure: Failure, answer: Response | None, codes: set[str]) -> bool:
    """A batch goes on without the rows that make no sense, and its 202 says which."""
    is_batch = answer is not None and answer.status_code == 202
    return isinstance(failure, AcceptedNegativeData) and is_batch and bool(codes)


def _codes(answer: Response | None) -> set[str]:
    """Of the problem, if it is one."""
    try:
        said: Any = answer.json() if answer else None
    except ValueError:
        return set()
    return {fault["code"] for fault in said.get("errors", ())} if isinstance(said, dict) else set()


@schemathesis.serializer(*_TEXTS)
def _as_it_is(_: object, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
