"""The providers' side of the wire: answers, charges, fails and misbehaves as the scenario says.

It keeps the only books that can be trusted: what arrived when, what was charged, what was said.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import Literal, Protocol
from urllib.parse import urlsplit

import orjson
from tests.simulation.scenario import Sketch, Trouble
from tests.simulation.world import domain_of, email_of, name_of

REQUEST: ContextVar[int] = ContextVar("request", default=-1)
"""The client's request that began what runs now; tasks inherit it."""
PROCESS: ContextVar[int] = ContextVar("process", default=-1)

Ending = Literal["whole", "never", "cut", "hangs", "refused", "reset"]


@dataclass(slots=True, kw_only=True)
class Landed:
    """One call as the provider saw it."""

    serial: int
    process: int
    request: int
    provider: str
    lane: str
    question: str
    sent_at: float
    price: int
    """The most it may cost, in micro-dollars."""
    charged: int = 0
    in_doubt: bool = True
    """Until its whole reply was received and could be understood."""
    said: Literal["found", "nothing", "trouble"] = "trouble"
    understood: bool = True
    """False where the adapter's own bug loses the answer."""
    received_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A reply on its way."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: Ending = "whole"
    after: float = 0.0


class Judge(Protocol):
    """Told of every call, while it happens."""

    ended: set[int]

    def sent(self, call: Landed) -> None: ...

    def silenced(self, call: Landed, until: float) -> None: ...


class Farm:
    """All providers of one run."""

    def __init__(
        self,
        sketches: tuple[Sketch, ...],
        troubles: tuple[Trouble, ...],
        *,
        random: Random,
        judge: Judge,
        now: Callable[[], datetime],
    ) -> None:
        self.sketches = {sketch.name: sketch for sketch in sketches}
        self._troubles = troubles
        self._random = random
        self._judge = judge
        self._now = now
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._ready: dict[str, float] = {}
        self.calls: list[Landed] = []
        self.healed = False

    def receive(
        self, url: str, query: Mapping[str, str], body: bytes | None
    ) -> tuple[Landed, Said]:
        """Note a call that is being sent, and decide what will come of it."""
        parts = urlsplit(url)
        sketch = self.sketches[str(parts.hostname).partition(".")[0]]
        if body:
            query = {**query, **orjson.loads(body)}
        question = "&".join((parts.path, *(f"{k}={v}" for k, v in sorted(query.items()))))
        call = Landed(
            serial=len(self.calls) + 1,
            process=PROCESS.get(),
            request=REQUEST.get(),
            provider=sketch.name,
            lane="search" if parts.path == "/people" and sketch.lane else "all",
            question=question,
            sent_at=self._loop.time(),
            price=_credits(sketch, parts.path) * sketch.price,
        )
        self.calls.append(call)
        self._judge.sent(call)
        return call, self._decide(sketch, call, parts.path, query)

    def received(self, call: Landed, said: Said) -> None:
        """The caller has the whole reply."""
        call.received_at = self._loop.time()
        if said.status != 200 or call.said != "trouble":
            call.in_doubt = False
        silence = self._silence(said)
        if silence is not None:
            self._judge.silenced(call, silence)

    def ended(self, call: Landed) -> None:
        """The caller is done with the call, with or without a reply."""
        self._judge.ended.add(call.serial)

    def _silence(self, said: Said) -> float | None:
        """Until when this reply asks for silence, where it can be understood."""
        wait = said.headers.get("retry-after", "")
        if said.headers.get("x-left") == "0":
            wait = said.headers["x-reset"]
        if said.headers.get("x-until"):
            return self._began + float(said.headers["x-until"])
        return self._loop.time() + min(int(wait), 3600) if wait.isdigit() else None

    def _decide(self, sketch: Sketch, call: Landed, path: str, query: Mapping[str, str]) -> Said:
        elapsed = self._loop.time() - self._began
        kinds = [
            trouble
            for trouble in self._troubles
            if trouble.where == sketch.name
            and trouble.begins <= elapsed < trouble.ends
            and not self.healed
            and self._random.random() < trouble.share
        ]
        latency = sketch.latency * self._random.lognormvariate(0.0, sketch.spread)
        trouble = kinds[0] if kinds else None
        if trouble is not None:
            said = self._troubled(trouble, sketch, call, (path, query))
            if said is not None:
                slower = trouble.amount if trouble.kind == "slow" else 0.0
                return _after(said, latency + slower)
        return _after(self._answer(sketch, call, (path, query), trouble), latency)

    def _troubled(
        self, trouble: Trouble, sketch: Sketch, call: Landed, asked: tuple[str, Mapping[str, str]]
    ) -> Said | None:
        match trouble.kind:
            case "hang":
                self._maybe_charge(call)
                return Said(ending="never")
            case "hang_body" | "truncated" | "lost_reply":
                said = self._answer(sketch, call, asked, None)
                call.said = "trouble"
                endings: dict[str, Ending] = {
                    "hang_body": "hangs", "truncated": "cut", "lost_reply": "reset"
                }  # fmt: skip
                return Said(body=said.body[:20], ending=endings[trouble.kind])
            case "refuse":
                call.in_doubt = False
                return Said(ending="refused")
            case "reset":
                self._maybe_charge(call)
                return Said(ending="reset")
            case "html":
                return Said(body=b"<html>maintenance</html>", headers={"content-type": "text/html"})
            case "garbage":
                return Said(body=b'{"serial": "1", "person": {')
            case "endless":
                self._maybe_charge(call)
                return Said(body=b" " * 150_000)
            case "error_in_200":
                return Said(body=b'{"error": "internal", "people_": []}')
            case "unavailable":
                return Said(status=self._random.choice((500, 502, 503)))
            case "flap":
                return Said(status=500)
            case "unavailable_until":
                return Said(status=503, headers={"retry-after": f"{trouble.amount:.0f}"})
            case "dead_key":
                return Said(status=self._random.choice((401, 403)))
            case "quota":
                return Said(status=402)
            case "throttle":
                return Said(status=429, headers={"retry-after": f"{trouble.amount:.0f}"})
            case "throttle_silent":
                return Said(status=429)
            case "throttle_odd":
                return Said(status=429, headers=self._odd_wait(trouble.amount))
        return None

    def _odd_wait(self, amount: float) -> dict[str, str]:
        kind = self._random.choice(("-5", "1e9", "abc", "", "date"))
        if kind != "date":
            return {"retry-after": kind}
        ends = (self._now() + timedelta(seconds=amount)).replace(microsecond=0)
        elapsed = self._loop.time() - self._began
        exact = elapsed + (ends - self._now()).total_seconds()
        # Only for the judge: a date is in whole seconds.
        return {
            "retry-after": format_datetime(ends.astimezone(UTC), usegmt=True),
            "x-until": f"{exact}",
        }

    def _maybe_charge(self, call: Landed) -> None:
        if self._random.random() < 0.5:
            call.charged = call.price

    def _answer(
        self,
        sketch: Sketch,
        call: Landed,
        asked: tuple[str, Mapping[str, str]],
        trouble: Trouble | None,
    ) -> Said:
        """What a healthy provider says, and charges."""
        kind = trouble.kind if trouble else ""
        path, query = asked
        # A question has one answer, whenever and by whomever it is asked.
        found = Random(f"{sketch.name} {call.question}").random() < 0.8 and kind != "nothing"
        found = found or path.startswith("/jobs") or path == "/industry"
        serial, document = str(call.serial), {"serial": str(call.serial)}
        subject = _subject(query)
        if kind == "stranger":
            subject += 3
        person = _person(subject, serial, odd=kind == "odd")
        match path:
            case "/person" | "/email":
                document["person"] = [person] if found else []
            case "/verify":
                document["verdict"] = "valid" if found else ""
            case "/company":
                document["company"] = [_firm(subject, serial)] if found else []
            case "/industry":
                document["industry"] = "Optics"
            case "/people":
                page = int(query["page"])
                people = [_person(subject + 7 * n, serial, odd=kind == "odd") for n in range(3)]
                document |= {"people": people if found else [], "more": found and page < 3}
            case "/jobs":
                self._ready[serial] = self._loop.time() + self._random.choice((0.1, 0.9, 4.0))
                document |= {"job": f"{serial}:{query['domain']}"}
            case "/jobs/state":
                number, _, domain = query["job"].partition(":")
                done = self._loop.time() >= self._ready.get(number, 0.0)
                firm = {**_firm(0, serial), "domain": domain}
                document |= {"company": [firm] if done else []}
        call.said = "found" if found else "nothing"
        if path == "/people":
            call.charged = min(sketch.credits, 3) * sketch.price if found else 0
        elif found or sketch.pays_for_misses or path in {"/jobs", "/verify"}:
            call.charged = call.price
        call.understood = kind != "odd"
        headers = {"x-left": "1", "x-reset": "9"}
        if kind == "used_up":
            assert trouble is not None
            headers = {"x-left": "0", "x-reset": f"{trouble.amount:.0f}"}
        return Said(body=orjson.dumps(document), headers=headers)


def _after(said: Said, latency: float) -> Said:
    return Said(
        status=said.status, body=said.body, headers=said.headers, ending=said.ending, after=latency
    )


def _credits(sketch: Sketch, path: str) -> int:
    match path:
        case "/verify":
            return 1
        case "/industry" | "/jobs/state":
            return 0
        case _:
            return sketch.credits


def _subject(query: Mapping[str, str]) -> int:
    """Whom the question is about: the first invented person it fits."""
    for subject in range(40):
        if query.get("email") == email_of(subject):
            return subject
        if query.get("name") == name_of(subject) and query.get("domain") == domain_of(subject):
            return subject
        if "name" not in query and query.get("domain") == domain_of(subject):
            return subject
    return 0


def _person(subject: int, serial: str, *, odd: bool) -> dict[str, object]:
    return {
        "serial": serial,
        "name": name_of(subject),
        "email": email_of(subject),
        "domain": domain_of(subject),
        "title": "Chief Executive Officer",
        "odd": odd,
    }


def _firm(subject: int, serial: str) -> dict[str, object]:
    domain = domain_of(subject)
    return {"serial": serial, "name": domain.partition(".")[0].title(), "domain": domain}
