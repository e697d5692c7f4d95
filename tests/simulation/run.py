"""One simulated run, from its seed to its verdict."""

import asyncio
import hashlib
import traceback
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from unittest.mock import patch
from uuid import UUID

from tests.simulation import clock
from tests.simulation.answers import Answers, question_asked
from tests.simulation.books import Ledger
from tests.simulation.farm import PROCESS, REQUEST, Farm
from tests.simulation.faults import Faults
from tests.simulation.fleet import EPOCH, Outside, Process
from tests.simulation.idleness import check_fleet, check_process, may_run
from tests.simulation.limits import check_limits
from tests.simulation.manners import Manners
from tests.simulation.money import check_money
from tests.simulation.redis_server import Server
from tests.simulation.referee import Broken, Referee
from tests.simulation.scenario import Arrival, scenario
from tests.simulation.voices import Voices
from tests.simulation.world import asked_of, request_of

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.gateway.redis_guard import RedisDown

_ACCOUNT = UUID(int=7)
_DRAIN_S = 25.0
_SETTLED_S = 3.0
_DEAD_SETTLED_S = 45.0
"""After the last work: until whatever a dead process left behind has ended by itself."""
_CLIENT_PATIENCE_S = 60.0
_LAST_LINES = 30


@dataclass(frozen=True, slots=True)
class Outcome:
    seed: int
    digest: str
    """Of the trace: equal for equal seeds."""
    broken: tuple[Broken, ...]
    virtual_s: float
    calls: int
    events: tuple[tuple[object, ...], ...]

    def verdict(self) -> str:
        """The seed, what was broken and how it came to that."""
        lines = [f"seed {self.seed}: trace {self.digest}, {self.calls} calls"]
        lines += [f"  {broken}" for broken in self.broken]
        if self.broken:
            lines += [*self.trace()[-_LAST_LINES:]]
            lines.append(f"  replay: python -m tests.simulation --seed {self.seed}")
        return "\n".join(lines)

    def trace(self) -> list[str]:
        return [
            f"{micros / 1_000_000:12.6f} {' '.join(map(str, event))}"
            for micros, *event in self.events  # type: ignore[misc]
        ]


@dataclass(slots=True)
class Served:
    """What a client got."""

    number: int
    arrival: Arrival
    began: float
    ended: float = 0.0
    enrichment: Enrichment | None = None
    left: bool = False
    lost: bool = False
    """Its process was killed."""


def simulate(seed: int) -> Outcome:
    """Run the scenario of this seed to its end."""
    referee = Referee(scenario(seed))
    elapsed, calls = 0.0, 0

    async def main(loop: clock.VirtualLoop) -> None:
        nonlocal elapsed, calls
        run = _Run(referee, loop)
        with patch("time.time", run.server.time):
            try:
                await run.play()
            finally:
                await run.close()
        elapsed, calls = loop.elapsed, len(run.farm.calls)
        for trouble in loop.troubles:
            referee.breaks("no stray error", trouble)

    try:
        clock.run(main)
    except Exception as error:  # noqa: BLE001 - whatever it is, the seed must be told
        referee.broken.append(Broken(0.0, "the run ends", _innermost(error)))
    digest = hashlib.sha256(repr(referee.events).encode()).hexdigest()[:16]
    return Outcome(seed, digest, tuple(referee.broken), elapsed, calls, tuple(referee.events))


class _Run:
    def __init__(self, referee: Referee, loop: clock.VirtualLoop) -> None:
        self._referee = referee
        self._loop = loop
        self._scenario = seeded = referee.scenario
        referee.began = loop.time()
        answers = Answers(referee)
        voices = Voices(seeded.seed, lambda: EPOCH + timedelta(seconds=referee.elapsed()))
        self.farm = answers.farm = Farm(seeded, voices, referee)
        self.server = Server(seeded.seed, lambda: EPOCH.timestamp() + referee.elapsed())
        self._outside = Outside(
            scenario=seeded,
            farm=self.farm,
            server=self.server,
            ledger=Ledger(),
            referee=referee,
            answers=answers,
        )
        self._processes: dict[int, Process] = {}
        self._slots: dict[int, Process] = {}
        referee.watchers = [Manners(referee, self._processes)]
        self._served: list[Served] = []
        self._owners: dict[asyncio.Task[object], int] = {}
        loop.set_task_factory(self._owned)

    async def play(self) -> None:
        for slot in range(self._scenario.processes):
            await self._start(slot)
        faults = Faults(self._referee, self.server, self._outside.ledger)
        async with asyncio.TaskGroup() as group:
            for trouble in (*self._scenario.redis_troubles, *self._scenario.books_troubles):
                group.create_task(faults.befall(trouble))
            for at, slot in self._scenario.kills:
                group.create_task(self._kill(at, slot))
            for at, slot, by in self._scenario.clock_steps:
                group.create_task(self._step_clock(at, slot, by))
            for at, slot, subject in self._scenario.erasures:
                group.create_task(self._erase(at, slot, subject))
            for number, arrival in enumerate(self._scenario.arrivals):
                group.create_task(self._serve(number, arrival))
        await self._settle()
        self._judge()

    async def _settle(self) -> None:
        for process in self._alive():
            await process.background.drain(_DRAIN_S)
            await process.gateway.drain()
        await asyncio.sleep(_DEAD_SETTLED_S if self._scenario.kills else _SETTLED_S)
        self._outside.ledger.sweep()

    def _judge(self) -> None:
        for served in self._served:
            if not served.lost and not served.left:
                self._outside.answers.check_served(served)
        check_money(self._referee, self.farm, self._outside.ledger, self._processes)
        check_limits(self._referee, self._scenario.sketches, self.farm.calls)
        check_fleet(self._referee, self.server)
        for process in self._alive():
            check_process(self._referee, process, self.farm)
        for task, owner in list(self._owners.items()):
            is_left = owner >= 0 and not self._processes[owner].dead
            if is_left and not may_run(task.get_name()):
                self._referee.breaks("idle", f"a task is left: {task.get_coro()!r}"[:120])

    def _alive(self) -> list[Process]:
        return [process for process in self._processes.values() if not process.dead]

    async def _start(self, slot: int) -> None:
        process = Process(len(self._processes), self._outside)
        self._processes[process.number] = self._slots[slot] = process
        await asyncio.create_task(_opened(process))
        self._referee.note("started", slot, process.number)

    async def _serve(self, number: int, arrival: Arrival) -> None:
        await asyncio.sleep(arrival.at)
        process = self._slots[arrival.process]
        REQUEST.set(number)
        PROCESS.set(process.number)
        served = Served(number, arrival, self._loop.time(), lost=process.dead)
        self._served.append(served)
        if process.dead:
            return
        self._referee.note("asked", process.number, number, arrival.goal.value, arrival.subject)
        client = asyncio.create_task(process.enricher.enrich(request_of(arrival), _ACCOUNT))
        # A client that waits a minute has been lost.
        await asyncio.wait({client}, timeout=arrival.leaves_after or _CLIENT_PATIENCE_S)
        served.ended = self._loop.time()
        served.lost = process.dead
        if not client.done():
            served.left = arrival.leaves_after is not None
            client.cancel()
            await asyncio.wait({client}, timeout=1.0)
        elif client.exception() is not None:
            self._referee.breaks("no request raises", repr(client.exception()))
        else:
            served.enrichment = client.result()
            self._note_answer(served)

    def _note_answer(self, served: Served) -> None:
        assert served.enrichment is not None
        lines = tuple(
            (o.provider, o.capability, o.outcome.value, o.reason, o.cost, o.calls, o.cached)
            for o in served.enrichment.outcomes
        )
        self._referee.note("served", served.number, served.enrichment.status.value, lines)

    async def _kill(self, at: float, slot: int) -> None:
        await asyncio.sleep(at)
        process = self._slots[slot]
        self._referee.note("killed", process.number)
        process.kill()
        await asyncio.sleep(Random(f"{self._scenario.seed} restart").uniform(0.5, 5.0))
        await self._start(slot)

    async def _step_clock(self, at: float, slot: int, by: float) -> None:
        await asyncio.sleep(at)
        self._slots[slot].clock_off += by

    async def _erase(self, at: float, slot: int, subject: int) -> None:
        """Forget everything about one person, asked again where the others could not be told."""
        await asyncio.sleep(max(0.0, at))
        process = self._slots[slot]
        PROCESS.set(process.number)
        # Replies that were paid for are the database's to forget; of all, for it knows no names.
        self._outside.ledger.erase()
        for ask in asked_of(subject, process.gateway.channels):
            began = self._loop.time()
            while not process.dead:
                try:
                    await process.gateway.forget(ask)
                except RedisDown:
                    await asyncio.sleep(0.5)
                    continue
                self._outside.answers.forgotten(process, ask, began)
                asked = question_asked(process, ask)
                self._referee.note("forgotten", process.number, ask.provider, asked)
                break

    def _owned(self, loop: asyncio.AbstractEventLoop, work: object, **options: object) -> object:
        """Every task is known with the process it belongs to."""
        task = asyncio.Task(work, loop=loop, **options)  # type: ignore[arg-type]
        self._owners[task] = PROCESS.get()
        task.add_done_callback(self._owners.pop)
        return task

    async def close(self) -> None:
        left = [task for task in self._owners if task is not asyncio.current_task()]
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=30)
        for process in self._processes.values():
            await process.stop()


async def _opened(process: Process) -> None:
    await process.start()


def _innermost(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} in {where.name}, line {where.lineno}"
