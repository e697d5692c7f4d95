"""Gives an answer once more where nothing could have changed it.

An answer is a pure function of the request and of what the providers said. While memory still
holds every one of those sayings, and each is fresh, merging, recording and rendering them again
could only repeat what was done a moment ago: the same question of the same account gets the very
same enrichment, under the id it was recorded by. What is forgotten or replaced in the cache, here
or by another process, is recalled no more. Nor is anything for long: what became of a mail is told
to our own database and to no cache.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from roleferry_enrich.domain.enrichments import Enrichment, Request
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import CacheLevel, ProviderOutcome
from roleferry_enrich.domain.queries import Ask
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.gateway.memories import Memories
from roleferry_enrich.pipeline.last_word import last_words
from roleferry_enrich.providers.internal import Internal

_MOST = 512
"""Answers kept. One is some ten kilobytes, and dearer ones are asked for again soon or never."""


_KEPT_FOR_S = 60.0


@dataclass(frozen=True, slots=True)
class _Kept:
    at: float
    enrichment: Enrichment
    memories: Memories
    changes: int


class Recall:
    """The answers of late that rest on memory alone. One per process."""

    def __init__(
        self,
        gateway: Gateway,
        most: int = _MOST,
        clock: Callable[[], float] = time.monotonic,
        changes: Callable[[], int] = lambda: 0,
    ) -> None:
        """`changes` counts those of who must not be spoken of: each makes all answers doubtful."""
        self._clock = clock
        self._changes = changes
        self._gateway = gateway
        self._most = most
        self._kept: OrderedDict[tuple[UUID, Request], _Kept] = OrderedDict()

    def get(self, account_id: UUID, request: Request) -> Enrichment | None:
        """The answer to this very question, if all it rests on still stands."""
        key = account_id, request
        kept = self._kept.get(key)
        if kept is None:
            return None
        is_sure = kept.memories.still_stand and kept.changes == self._changes()
        if not is_sure or self._clock() > kept.at + _KEPT_FOR_S:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return kept.enrichment

    def keep(self, enrichment: Enrichment, asks: Iterable[Ask], said: Observations) -> None:
        """Remember an answer, if it was recorded and every part of it came from memory.

        `said` is what it was made from.
        """
        if not _rests_on_memory(enrichment) or _rests_on_store(said):
            return
        memories = self._gateway.remembers(asks)
        if memories is None:
            return
        self._kept[enrichment.account_id, enrichment.request] = _Kept(
            self._clock(), enrichment, memories, self._changes()
        )
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)


def _rests_on_memory(enrichment: Enrichment) -> bool:
    recorded = enrichment.person_id is not None or enrichment.company_id is not None
    # With a wish for freshness the same question may have another answer a second later.
    timeless = enrichment.request.options.max_age is None
    theirs = [o for o in enrichment.outcomes if o.provider != Internal.spec.name]
    settled = all(map(_is_settled, theirs)) and not any(
        o.may_have_more for o in enrichment.outcomes
    )
    return recorded and timeless and settled


def _rests_on_store(said: Observations) -> bool:
    """Whether our own database adds a word: that is read each time, for it may be erased at any."""
    left = last_words(said)
    spoken = [*(o.provenance for o in left.people), *(o.provenance for o in left.companies)]
    return any(provenance.recalled for provenance in spoken)


def _is_settled(outcome: ProviderOutcome) -> bool:
    """Answered from memory, or not asked for a reason that the answers themselves give."""
    if outcome.cached is not None:
        from_memory = outcome.cached is CacheLevel.MEMORY and not outcome.stale
        return from_memory and not outcome.may_have_more
    return not outcome.calls and not outcome.may_have_more
