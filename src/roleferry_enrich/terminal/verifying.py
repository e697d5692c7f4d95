"""The `verify` command: addresses and files of them in, what is known of each out."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console

from roleferry_enrich.errors import RecordsRefused
from roleferry_enrich.records.reading import read_rows
from roleferry_enrich.records.resolution import Progress
from roleferry_enrich.terminal import verdicts
from roleferry_enrich.terminal.asking import work_there
from roleferry_enrich.terminal.printing import Format, show
from roleferry_enrich.terminal.resolving import STANDARD, opened, progress_of
from roleferry_enrich.terminal.service import Service

T = TypeVar("T")
# JSON as any client of the API gets it: the command line is one of its clients.
Json = dict[str, Any]

_AT_ONCE = 1_000
_DEADLINE_MS = 20_000
_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """How a command wants its addresses verified."""

    options: Mapping[str, object]
    """Of the request's body."""
    wait_s: float
    """For lists that take longer than one request may."""
    url: str | None
    """Of a running service; without it, in this process."""
    key: str | None


def verify_all(what: Sequence[str], asked: Asked, form: Format) -> None:
    """Raises RecordsRefused, ServiceRefused or ConfigurationError, all meant to be read."""
    lists = _lists(what)
    total = sum(map(len, lists))
    said = Console(stderr=True, soft_wrap=True)
    with progress_of(said) as progress:
        asking = _Asking(asked, progress, total)
        answer = _work(lambda service: asking.all(service, lists), asked)
    show(answer, form, table=verdicts.table, sheet=verdicts.sheet)
    if answer["meta"]["counts"]["pending"]:
        said.print("Some are still being checked: run the same again later for their verdicts.")


def plan_all(what: Sequence[str], asked: Asked, form: Format) -> None:
    """Likewise, what it would cost."""
    lists = _lists(what)
    plans = _work(lambda service: _plans(service, lists, asked.options), asked)
    show(verdicts.added_plans(plans), form, table=verdicts.plan, sheet=verdicts.plan_sheet)


def _lists(what: Sequence[str]) -> list[list[str]]:
    emails = [email for one in what for email in _addresses(one)]
    return [emails[start : start + _AT_ONCE] for start in range(0, len(emails), _AT_ONCE)]


def _work(work: Callable[[Service], Awaitable[T]], asked: Asked) -> T:
    if asked.url is None:
        # Needs ten times the imports of asking a service that runs.
        from roleferry_enrich.terminal.asking_here import work_here  # noqa: PLC0415

        return work_here(work)
    return work_there(work, asked.url, asked.key)


def _addresses(one: str) -> Iterator[str]:
    """What an argument stands for. Raises RecordsRefused for a file without addresses."""
    path = Path(one)
    if "@" in one and not path.exists():
        yield one
        return
    with opened(path) as lines:
        found = [record.email for _, record in read_rows(lines).rows]
    if not any(found):
        name = "the input" if path == STANDARD else str(path)
        raise RecordsRefused(f"{name} has no column named email, or nothing in it")
    yield from (email or "" for email in found)


async def _plans(
    service: Service, lists: Sequence[list[str]], options: Mapping[str, object]
) -> list[Json]:
    bodies = ({"emails": emails, **options} for emails in lists)
    return [await service.post("/emails/verify?dry_run=true", body) for body in bodies]


class _Asking:
    """One command's lists, asked one after the other and again while anything is under way."""

    def __init__(self, asked: Asked, progress: Progress, total: int) -> None:
        self._options = asked.options
        self._wait_s = asked.wait_s
        self._progress = progress
        self._total = total
        self._spent = self._held = 0.0

    async def all(self, service: Service, lists: Sequence[list[str]]) -> Json:
        ends = asyncio.get_running_loop().time() + self._wait_s
        done: list[Json] = []
        for emails in lists:
            answer = await self._settled(service, emails, ends, len(done))
            done += answer["results"]
        return verdicts.added(done, answer["meta"], self._spent, self._held)

    async def _settled(self, service: Service, emails: list[str], ends: float, done: int) -> Json:
        """Asked again, what was checked meanwhile is in the cache and costs nothing."""
        while True:
            answer = await service.post("/emails/verify", self._body(emails))
            meta = answer["meta"]
            self._spent += meta["cost_usd"]
            self._held += meta["pending_cost_usd"]
            pending = meta["counts"]["pending"]
            self._progress("verified", done + len(emails) - pending, self._total)
            left = ends - asyncio.get_running_loop().time()
            if not pending or left <= 0:
                return answer
            await asyncio.sleep(min(_PAUSE_S, left))

    def _body(self, emails: list[str]) -> Json:
        """Of the most that may be spent, what is left."""
        body = {"emails": emails, "deadline_ms": _DEADLINE_MS, **self._options}
        if "max_cost" in body:
            left = float(str(body["max_cost"])) - self._spent - self._held
            body["max_cost"] = max(0.0, round(left, 6))
        return body
