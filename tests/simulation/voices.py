"""What an invented provider says: a good answer, or one of the ways in which providers fail."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random

import orjson
from tests.simulation.farm import Ending, Landed, Said
from tests.simulation.scenario import Sketch, Trouble
from tests.simulation.world import domain_of, email_of, name_of

_BREAKS_OFF: Mapping[str, Ending] = {
    "hang_body": "hangs", "truncated": "cut", "lost_reply": "reset"
}  # fmt: skip
_STATUSES: Mapping[str, tuple[int, ...]] = {
    "unavailable": (500, 502, 503), "flap": (500,), "dead_key": (401, 403), "quota": (402,),
    "throttle_silent": (429,),
}  # fmt: skip
_BODIES: Mapping[str, bytes] = {
    "html": b"<html>maintenance</html>",
    "garbage": b'{"serial": "1", "person": {',
    "error_in_200": b'{"error": "internal", "people_": []}',
}

_IN_DOUBT: Mapping[str, Said] = {
    "hang": Said(ending="never"),
    "reset": Said(ending="reset"),
    "endless": Said(body=b" " * 150_000),
}
"""Nobody can tell whether these were charged."""


class Voices:
    """Draws only what the seed lets it; a question has one answer, whoever asks it when."""

    def __init__(self, seed: int, now: Callable[[], datetime]) -> None:
        self._random = Random(f"{seed} voices")
        self._now = now
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._ready: dict[str, float] = {}

    def said(
        self, sketch: Sketch, call: Landed, query: Mapping[str, str], trouble: Trouble | None
    ) -> Said:
        refusal = None if trouble is None else self._troubled(trouble, sketch, call, query)
        return refusal or self._answer(sketch, call, query, trouble)

    def _troubled(
        self, trouble: Trouble, sketch: Sketch, call: Landed, query: Mapping[str, str]
    ) -> Said | None:
        kind, seconds = trouble.kind, f"{trouble.amount:.0f}"
        if kind in _STATUSES:
            return Said(status=self._random.choice(_STATUSES[kind]))
        if kind in _BODIES:
            return Said(body=_BODIES[kind])
        if kind in _BREAKS_OFF:
            said = self._answer(sketch, call, query, None)
            call.said = "trouble"
            return Said(body=said.body[:20], ending=_BREAKS_OFF[kind])
        if kind in _IN_DOUBT:
            call.charged = call.price if self._random.random() < 0.5 else 0
            return _IN_DOUBT[kind]
        match kind:
            case "refuse":
                call.in_doubt = False
                return Said(ending="refused")
            case "unavailable_until":
                return Said(status=503, headers={"retry-after": seconds})
            case "throttle":
                return Said(status=429, headers={"retry-after": seconds})
            case "throttle_odd":
                return Said(status=429, headers=self._odd_wait(trouble.amount))
        return None

    def _odd_wait(self, amount: float) -> dict[str, str]:
        kind = self._random.choice(("-5", "1e9", "abc", "", "date"))
        if kind != "date":
            return {"retry-after": kind}
        ends = (self._now() + timedelta(seconds=amount)).replace(microsecond=0)
        return {
            "retry-after": format_datetime(ends.astimezone(UTC), usegmt=True),
            # Only for the judge.
            "x-said-at": self._now().isoformat(),
        }

    def _answer(
        self, sketch: Sketch, call: Landed, query: Mapping[str, str], trouble: Trouble | None
    ) -> Said:
        """What a healthy provider says, and charges."""
        kind, path = trouble.kind if trouble else "", call.question.partition("&")[0]
        subject = subject_of(query)
        if path in {"/person", "/email"} and self._has_opted_out(sketch, subject):
            call.said = "claimed"
            call.charged = call.price if sketch.pays_for_misses else 0
            return Said(body=orjson.dumps({"serial": str(call.serial), "claimed": True}))
        found = Random(f"{sketch.name} {call.question}").random() < 0.8 and kind != "nothing"
        found = found or path in {"/jobs", "/jobs/state", "/industry"}
        subject += 3 if kind == "stranger" else 0
        document = self._document(call, query, found=found, subject=subject, odd=kind == "odd")
        call.said = "found" if found else "nothing"
        if path == "/people":
            call.charged = min(sketch.credits, 3) * sketch.price if found else 0
        elif found or sketch.pays_for_misses or path == "/verify":
            call.charged = call.price
        call.understood = kind != "odd"
        headers = {"x-left": "1", "x-reset": "9"}
        if trouble is not None and kind == "used_up":
            headers = {"x-left": "0", "x-reset": f"{trouble.amount:.0f}"}
        return Said(body=orjson.dumps(document), headers=headers)

    def _document(
        self, call: Landed, query: Mapping[str, str], *, found: bool, subject: int, odd: bool
    ) -> dict[str, object]:
        serial = str(call.serial)
        person = _person(subject, serial, odd=odd)
        content: dict[str, object] = {}
        match call.question.partition("&")[0]:
            case "/person" | "/email":
                content = {"person": [person] if found else []}
            case "/verify":
                content = {"verdict": "valid" if found else ""}
            case "/company":
                content = {"company": [_firm(subject, serial)] if found else []}
            case "/industry":
                content = {"industry": "Optics"}
            case "/people":
                people = [_person(subject + 7 * n, serial, odd=odd) for n in range(3)]
                more = found and int(query["page"]) < 3
                content = {"people": people if found else [], "more": more}
            case "/jobs":
                self._ready[serial] = self._loop.time() + self._random.choice((0.1, 0.9, 4.0))
                content = {"job": f"{serial}:{query['domain']}"}
            case "/jobs/state":
                number, _, domain = query["job"].partition(":")
                done = self._loop.time() >= self._ready.get(number, 0.0)
                content = {"company": [{**_firm(0, serial), "domain": domain}] if done else []}
        return {"serial": serial, **content}

    def _has_opted_out(self, sketch: Sketch, subject: int) -> bool:
        elapsed = self._loop.time() - self._began
        return any(who == subject and since <= elapsed for since, who in sketch.opted_out)


def subject_of(query: Mapping[str, str]) -> int:
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
