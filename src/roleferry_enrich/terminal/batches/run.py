"""One run of `batch`: sends the parts of a file, follows their jobs, writes what came of them."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from roleferry_enrich.errors import RecordsRefused
from roleferry_enrich.terminal.batches.asking import JobsOf, Json
from roleferry_enrich.terminal.batches.contacts import (
    ContactRow,
    ContactsFile,
    Part,
    digest_of,
)
from roleferry_enrich.terminal.batches.sent import Sent, SentPart
from roleferry_enrich.terminal.batches.sheet import REFUSED, EnrichedSheet, refusal
from roleferry_enrich.terminal.batches.showing import Show, Standing, standing_of
from roleferry_enrich.terminal.service import ServiceRefused

_LOOK_S = 1.0
_JOBS_A_LOOK = 5
_FAULTS_KEPT = 20
_MICRO = 1_000_000
_ENDED = frozenset({"done", "cancelled"})
_UNTOLD = "row: was not accepted"
_NO_SUCH = 404
Merged = tuple[ContactRow, Mapping[str, object]]


@dataclass(slots=True)
class Tally:
    """What became of the rows."""

    states: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[int, str]] = field(default_factory=list)
    """Of the first rows that were refused: number and reason."""

    def count(self, number: int, item: Mapping[str, object]) -> None:
        self.states[str(item["state"])] += 1
        if item["state"] == REFUSED and len(self.faults) < _FAULTS_KEPT:
            self.faults.append((number, str(item["reason"])))


@dataclass(frozen=True, slots=True)
class Terms:
    """Of the jobs."""

    max_cost: float | None = None
    """US dollars for the whole file."""
    priority: str | None = None

    def of(self, part: Part, readable: int) -> Mapping[str, str]:
        """Each part may spend by its share of the rows, so that all together keep the limit."""
        terms = {} if self.priority is None else {"priority": self.priority}
        if self.max_cost is not None:
            share = round(self.max_cost * _MICRO) * len(part.items) // readable
            terms["max_cost"] = f"{share // _MICRO}.{share % _MICRO:06}"
        return terms


class Run:
    """`check` raises where nobody is left who could do the work."""

    def __init__(
        self,
        file: ContactsFile,
        jobs: JobsOf,
        sent: Sent,
        *,
        show: Show,
        check: Callable[[], None],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._file = file
        self._jobs = jobs
        self._sent = sent
        self._show = show
        self._check = check
        self._sleep = sleep
        self._known: dict[str, Json] = {}

    @property
    def standing(self) -> Standing:
        return standing_of(self._known.values())

    async def send(self, terms: Terms) -> None:
        """Every part that was not sent yet. Raises ServiceRefused where no row is accepted."""
        for part in self._file.parts():
            if part.number in self._sent.parts:
                continue
            sent = await self._jobs.create(
                part, terms.of(part, self._file.readable), self._key(part)
            )
            if sent.job_id is None and self._file.readable == len(part.items):
                raise ServiceRefused(_complaint(part, sent))
            self._sent.parts[part.number] = sent
            self._sent.keep()

    async def write(self, sheet: EnrichedSheet, out: BinaryIO) -> Tally:
        """Each row as soon as all rows before it have ended."""
        tally = Tally()
        await self._look()
        out.write(sheet.heading())
        for part in self._file.parts():
            sent = self._sent.parts.get(part.number)
            if sent is None:
                raise RecordsRefused(_changed(self._file))
            async for row, item in self._merged(part, sent, out):
                tally.count(row.number, item)
                out.write(sheet.line(row, item))
        if digest_of(self._file.path) != self._file.digest:
            raise RecordsRefused(_changed(self._file))
        await self._look()
        return tally

    def _key(self, part: Part) -> str:
        sent = self._sent
        digest = hashlib.sha256(f"{sent.digest} {sent.asked} {sent.again}".encode()).hexdigest()
        return f"{digest[:40]}-{part.number}"

    async def _merged(self, part: Part, sent: SentPart, out: BinaryIO) -> AsyncIterator[Merged]:
        ended = self._ended(sent, out)
        item = await anext(ended, None)
        number = 0
        for row in part.rows:
            if row.item is None:
                yield row, refusal(row.fault)
                continue
            number += 1
            if item is not None and item["row"] == number:
                yield row, item
                item = await anext(ended, None)
            else:
                yield row, refusal(sent.refused.get(number, _UNTOLD))

    async def _ended(self, sent: SentPart, out: BinaryIO) -> AsyncIterator[Json]:
        """The items of a job in their order, none of which has an unfinished one before it."""
        if sent.job_id is None:
            return
        after: str | None = None
        last = 0
        while True:
            page = await self._jobs.results(sent.job_id, after)
            gap = False
            for item in page["items"]:
                if item["row"] <= last:
                    continue
                gap = not page["complete"] and not _follows(item["row"], last, sent)
                if gap:
                    break
                last = item["row"]
                yield item
            if gap or page["next"] is None:
                if page["complete"]:
                    return
                out.flush()
                await self._pause()
            else:
                after = page["next"]

    async def _pause(self) -> None:
        self._check()
        await self._sleep(max(_LOOK_S, len(self._known) / _JOBS_A_LOOK))
        await self._look()

    async def _look(self) -> None:
        for job_id in [it.job_id for it in self._sent.parts.values() if it.job_id is not None]:
            known = self._known.get(job_id)
            if known is None or known["state"] not in _ENDED:
                self._known[job_id] = await self._job(job_id)
        self._show(self.standing)

    async def _job(self, job_id: str) -> Json:
        try:
            return await self._jobs.job(job_id)
        except ServiceRefused as refused:
            if refused.status != _NO_SUCH:
                raise
            raise ServiceRefused(
                f"the service knows no job {job_id}: is --key that of another account? "
                "--again sends the file anew"
            ) from refused


def _follows(number: int, last: int, sent: SentPart) -> bool:
    """Whether all between the two were refused."""
    return sent.is_told and all(between in sent.refused for between in range(last + 1, number))


def _complaint(part: Part, sent: SentPart) -> str:
    rows = [row.number for row in part.rows if row.item is not None]
    reasons = [f"row {rows[number - 1]}: {why}" for number, why in list(sent.refused.items())[:3]]
    return f"no row was accepted: {'; '.join(reasons)}"


def _changed(file: ContactsFile) -> str:
    return (
        f"{file.path} was changed meanwhile, so that its rows and the results no longer fit: put "
        "it back and run this again, or --again to send it as it is now"
    )
