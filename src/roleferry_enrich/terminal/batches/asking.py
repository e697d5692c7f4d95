"""Asks a service for jobs, with patience: what takes hours outlives a restart of the service."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from roleferry_enrich.terminal.batches.contacts import Part
from roleferry_enrich.terminal.batches.sent import SentPart
from roleferry_enrich.terminal.service import Service, ServiceAway, ServiceRefused

# JSON as any client of the API gets it: the command line is one of its clients.
Json = dict[str, Any]
Sleep = Callable[[float], Awaitable[object]]

_PAGE = 100
_MOST_TRIES = 12
_LONGEST_PAUSE_S = 30.0
_NDJSON = "application/x-ndjson"


class JobsOf:
    """One account's jobs at one service."""

    def __init__(self, service: Service, sleep: Sleep = asyncio.sleep) -> None:
        self._service = service
        self._sleep = sleep
        self._has_answered = False
        self.knew_some = False
        """Whether a part that was sent had been sent before, under the same key."""

    async def create(self, part: Part, settings: Mapping[str, str], key: str) -> SentPart:
        """The part as a job: the same one, however often it is sent under that key."""
        try:
            answer = await self._ask(
                "POST",
                "/enrich/batch",
                "job",
                content=b"\n".join(part.items),
                params=settings,
                headers={"Content-Type": _NDJSON, "Idempotency-Key": key},
            )
        except ServiceRefused as refused:
            if not _are_of_rows(refused):
                raise
            return SentPart(None, _reasons(refused.faults), len(part.items))
        errors = [{**fault, "place": fault["row"]} for fault in answer["errors"]]
        job = answer["job"]
        self.knew_some |= "replayed" in answer
        return SentPart(job["id"], _reasons(errors), job["refused_items"])

    async def job(self, job_id: str) -> Json:
        return await self._ask("GET", f"/jobs/{job_id}", "counts")

    async def results(self, job_id: str, after: str | None) -> Json:
        """A page of the items that have ended."""
        place = {} if after is None else {"after": after}
        params = {"limit": str(_PAGE), **place}
        return await self._ask("GET", f"/jobs/{job_id}/results", "complete", params=params)

    async def _ask(self, method: str, path: str, having: str, **sent: Any) -> Json:
        for tries in range(_MOST_TRIES):
            try:
                answer = await self._service.ask(method, path, {having}, **sent)
            except ServiceAway as away:
                # One that never answered is more likely another's address than one that restarts.
                if not self._has_answered and not away.status:
                    raise
                last = away
                await self._sleep(min(max(2.0**tries, away.retry_after_s), _LONGEST_PAUSE_S))
            else:
                self._has_answered = True
                return answer
        raise last


def _are_of_rows(refused: ServiceRefused) -> bool:
    """Whether it is for its rows that a part was refused, none of which was accepted."""
    return bool(refused.faults) and all(
        fault["field"].startswith("items[") for fault in refused.faults
    )


def _reasons(faults: Any) -> dict[int, str]:
    """The first reason of each row."""
    reasons: dict[int, str] = {}
    for fault in faults:
        name = str(fault["field"])
        place = fault.get("place")
        if place is None:
            start, _, name = name.partition("].")
            place = int(start.removeprefix("items[")) + 1
        reasons.setdefault(int(place), f"{name}: {fault['message']}")
    return reasons
