"""The providers' side of the wire: notes what arrives when, what is charged and what is said.

These are the only notes that can be trusted: the gates under test have no part in them.
"""

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from random import Random
from typing import Literal, Protocol
from urllib.parse import urlsplit

import orjson
from tests.simulation.scenario import Scenario, Sketch, Trouble

REQUEST: ContextVar[int] = ContextVar("request", default=-1)
"""The client's request that began what runs now; tasks inherit it."""
PROCESS: ContextVar[int] = ContextVar("process", default=-1)
ATTEMPT: ContextVar[int] = ContextVar("attempt", default=1)

Ending = Literal["whole", "never", "cut", "hangs", "refused", "reset"]
Verdict = Literal["found", "nothing", "claimed", "trouble"]


@dataclass(slots=True, kw_only=True)
class Landed:
    """One call as the provider saw it."""

    serial: int
    process: int
    request: int
    attempt: int
    provider: str
    lane: str
    question: str
    sent_at: float
    price: int
    """The most it may cost, in micro-dollars."""
    charged: int = 0
    in_doubt: bool = True
    """Until its whole reply was received and could be understood."""
    said: Verdict = "trouble"
    understood: bool = True
    """False where the adapter's own bug loses the answer."""
    received_at: float | None = None
    ended_at: float | None = None
    has_failed: bool | None = None
    """Whether the caller must take it for a sign of a sick provider; None: for no sign at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A reply on its way."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: Ending = "whole"
    after: float = 0.0


class Voice(Protocol):
    """Decides what a provider says."""

    def said(
        self, sketch: Sketch, call: Landed, query: Mapping[str, str], trouble: Trouble | None
    ) -> Said: ...


class Judge(Protocol):
    """Told of every call, while it happens."""

    def sent(self, call: Landed) -> None: ...

    def received(self, call: Landed) -> None: ...

    def ended(self, call: Landed) -> None: ...

    def silenced(self, call: Landed, until: float) -> None: ...


class Farm:
    """All providers of one run."""

    def __init__(self, scenario: Scenario, voice: Voice, judge: Judge) -> None:
        self.sketches = {sketch.name: sketch for sketch in scenario.sketches}
        self._troubles = scenario.troubles
        self._random = Random(f"{scenario.seed} farm")
        self._voice = voice
        self._judge = judge
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self.calls: list[Landed] = []

    def receive(
        self, url: str, query: Mapping[str, str], body: bytes | None
    ) -> tuple[Landed, Said]:
        """Note a call that is being sent, and decide what will come of it."""
        parts = urlsplit(url)
        sketch = self.sketches[str(parts.hostname).partition(".")[0]]
        if body:
            query = {**query, **orjson.loads(body)}
        call = Landed(
            serial=len(self.calls) + 1,
            process=PROCESS.get(),
            request=REQUEST.get(),
            attempt=ATTEMPT.get(),
            provider=sketch.name,
            lane=lane_of(sketch, parts.path),
            question=question_of(parts.path, query),
            sent_at=self._loop.time(),
            price=credits_of(sketch, parts.path) * sketch.price,
        )
        self.calls.append(call)
        self._judge.sent(call)
        trouble = self._trouble(sketch)
        slower = trouble.amount if trouble and trouble.kind == "slow" else 0.0
        said = self._voice.said(sketch, call, query, trouble)
        after = slower + sketch.latency * self._random.lognormvariate(0.0, sketch.spread)
        return call, Said(
            status=said.status, body=said.body, headers=said.headers, ending=said.ending,
            after=after,
        )  # fmt: skip

    def received(self, call: Landed, said: Said) -> None:
        """The caller has the whole reply."""
        call.received_at = self._loop.time()
        if said.status != 200 or call.said != "trouble":
            call.in_doubt = False
        self._judge.received(call)
        silence = self._silence(said)
        if silence is not None:
            self._judge.silenced(call, silence)

    def ended(self, call: Landed, *, has_failed: bool | None) -> None:
        """The caller is done with the call, with or without a reply."""
        call.ended_at = self._loop.time()
        call.has_failed = has_failed
        self._judge.ended(call)

    def _silence(self, said: Said) -> float | None:
        """Until when this reply asks for silence, where it can be understood."""
        wait = said.headers.get("retry-after", "")
        if said.headers.get("x-left") == "0":
            wait = said.headers["x-reset"]
        if wait.isdigit():
            return self._loop.time() + min(int(wait), 3600)
        if wait.endswith("GMT"):
            left = parsedate_to_datetime(wait) - datetime.fromisoformat(said.headers["x-said-at"])
            # It is read against the time at which the reply has come.
            return self._loop.time() + left.total_seconds() - said.after
        return None

    def _trouble(self, sketch: Sketch) -> Trouble | None:
        elapsed = self._loop.time() - self._began
        for trouble in self._troubles:
            is_on = trouble.where == sketch.name and trouble.begins <= elapsed < trouble.ends
            if is_on and self._random.random() < trouble.share:
                return trouble
        return None


def question_of(path: str, query: Mapping[str, str]) -> str:
    """Equal for equal calls."""
    return "&".join((path, *(f"{name}={value}" for name, value in sorted(query.items()))))


def lane_of(sketch: Sketch, path: str) -> str:
    return "search" if path == "/people" and sketch.lane else "all"


def credits_of(sketch: Sketch, path: str) -> int:
    match path:
        case "/verify":
            return 1
        case "/industry" | "/jobs/state":
            return 0
        case _:
            return sketch.credits
