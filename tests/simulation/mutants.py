"""Gates broken on purpose, to prove that the referee sees it: each has a promise it breaks.

`seed` is one whose scenario brings the fault to light. Should a change of the scenario move it,
`python -m tests.simulation --mutant <name>` finds another.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from roleferry_enrich.domain.outcomes import Absent
from roleferry_enrich.gateway import answering
from roleferry_enrich.gateway.breaker import Breaker
from roleferry_enrich.gateway.cache import Cache, Remembered
from roleferry_enrich.gateway.freshness import Freshness
from roleferry_enrich.gateway.gates import _Place
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.gateway.limiter import Limiter
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.gateway.retry import RetryBudget
from roleferry_enrich.gateway.shared_buckets import SharedBuckets
from roleferry_enrich.gateway.till import Order, Till
from roleferry_enrich.pipeline.fanout import FanOut
from roleferry_enrich.providers.contract import Findings


@dataclass(frozen=True, slots=True)
class Mutant:
    """One method of one gate, replaced by `made(method)`."""

    promise: str
    seed: int
    owner: type
    method: str
    made: Callable[[Any], Any]

    @contextmanager
    def applied(self) -> Iterator[None]:
        broken = self.made(getattr(self.owner, self.method))
        with patch.object(self.owner, self.method, broken):
            yield


def _one_more_in_lua(original: Any) -> Any:
    def script(self: Any, name: str) -> Any:
        made = original(self, name)
        if name == "permit":
            text = made.script.replace("'LINDEX', w.log, place)", "'LINDEX', w.log, place + 1)")
            return self._shared.redis.register_script(text)
        return made

    return script


def _one_place_more(original: Any) -> Any:
    async def enter(self: SharedBuckets, provider: str, who: str, **options: Any) -> bool:
        places = options.pop("places") + 1
        return bool(await original(self, provider, who, places=places, **options))

    return enter


def _unbounded(original: Any) -> Any:
    def begin(self: Breaker, policy: Any, **options: Any) -> None:
        original(self, replace(policy, half_open_permits=1_000), **options)

    return begin


def _trouble_is_nothing(original: Any) -> Any:
    async def outcome(self: Any, question: Any, errand: Any) -> Any:
        came, remembered = await original(self, question, errand)
        if not isinstance(came, answering.Troubled):
            return came, remembered
        nothing = Remembered(
            findings=Findings(), conversation=errand.conversation, observed_at=self._now()
        )
        return Absent(), nothing

    return outcome


def _patient(original: Any) -> Any:
    async def run_until(self: FanOut, deadline: float) -> None:
        await original(self, deadline + 1.0)

    return run_until


def _unmarked(original: Any) -> Any:
    def told(self: Any, *given: Any) -> Any:
        return replace(original(self, *given), is_stale=False)

    return told


def _always_fresh(_: object) -> Freshness:
    an_hour = timedelta(hours=1)
    return Freshness(fresh_for=an_hour, while_renewed=an_hour, if_failed=an_hour)


async def _nothing_awaited(*_: object, **__: object) -> None: ...


def _nothing(*_: object, **__: object) -> None: ...


MUTANTS: Mapping[str, Mutant] = {
    "limiter-lets-one-more-through": Mutant("limit", 2, SharedBuckets, "_script", _one_more_in_lua),
    "limiter-forgets-pauses": Mutant("silence", 19, Limiter, "pause", lambda _: _nothing_awaited),
    "breaker-without-half-open-bound": Mutant("probes", 29, Breaker, "__init__", _unbounded),
    "breaker-never-opens": Mutant(
        "breaker opens", 23, Breaker, "_is_tripped", lambda _: lambda _: False
    ),
    "retries-without-budget": Mutant(
        "few retries", 11, RetryBudget, "spend", lambda _: lambda *_: True
    ),
    "till-forgets": Mutant("paid once", 91, Till, "_question", lambda _: lambda *_: uuid4().bytes),
    "till-never-settles": Mutant("intents", 3, Order, "settle", lambda _: _nothing),
    "fleet-has-one-place-more": Mutant("places", 2, SharedBuckets, "enter", _one_place_more),
    "purse-without-bottom": Mutant("purse", 16, Purse, "reserve", lambda _: _nothing),
    "place-is-kept": Mutant("idle", 2, _Place, "__aexit__", lambda _: _nothing_awaited),
    "deadline-is-overrun": Mutant("deadline", 2, FanOut, "run_until", _patient),
    "trouble-is-remembered-as-nothing": Mutant(
        "true origin", 2, answering.Answering, "_outcome", _trouble_is_nothing
    ),
    "cache-forgets-nothing": Mutant(
        "forgotten is gone", 108, Cache, "forget", lambda _: _nothing_awaited
    ),
    "stale-is-not-marked": Mutant("stale is marked", 1, Gateway, "_from", _unmarked),
    "stale-has-no-end": Mutant("not too old", 26, Freshness, "of", lambda _: _always_fresh),
}
