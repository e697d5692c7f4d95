"""One simulated run, from its seed to its verdict."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import UUID

from tests.simulation import clock
from tests.simulation.farm import PROCESS, REQUEST, Farm
from tests.simulation.fleet import EPOCH, Process, open_process, windows_of
from tests.simulation.redis_data import Data
from tests.simulation.redis_wire import Server
from tests.simulation.referee import Broken, Referee
from tests.simulation.scenario import Arrival, Scenario, Trouble, scenario
from tests.simulation.verdict import judge
from tests.simulation.world import domain_of, keys_of

from roleferry_enrich.domain.enrichments import Enrichment, Goal, Options, Request
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.queries import Keys

_ACCOUNT = UUID(int=7)
_DRAIN_S = 25.0


@dataclass(frozen=True, slots=True)
class Outcome:
    seed: int
    digest: str
    """Of the trace: equal for equal seeds."""
    broken: tuple[Broken, ...]
    virtual_s: float
    calls: int
    events: tuple[tuple[object, ...], ...]

    @property
    def replay(self) -> str:
        return f"make simulate SEED={self.seed}"


def simulate(seed: int) -> Outcome:
    """Run the scenario of this seed to its end."""
    referee = Referee(scenario(seed))
    elapsed, calls = 0.0, 0

    async def main(loop: clock.VirtualLoop) -> None:
        nonlocal elapsed, calls
        run = _Run(referee, loop)
        await run.play()
        elapsed, calls = loop.elapsed, len(run.farm.calls)
        for trouble in loop.troubles:
            referee.breaks("no stray error", trouble)

    try:
        clock.run(main)
    except Exception as error:  # noqa: BLE001 - whatever it is, the seed must be told
        referee.broken.append(Broken(0.0, "the run ends", f"{type(error).__name__}: {error}"))
    digest = hashlib.sha256(repr(referee.events).encode()).hexdigest()[:16]
    return Outcome(seed, digest, tuple(referee.broken), elapsed, calls, tuple(referee.events))


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


class _Run:
    def __init__(self, referee: Referee, loop: clock.VirtualLoop) -> None:
        self._referee = referee
        self._loop = loop
        self._scenario: Scenario = referee.scenario
        referee.began = loop.time()
        random = Random(f"{self._scenario.seed} farm")
        self.farm = Farm(
            self._scenario.sketches,
            self._scenario.troubles,
            random=random,
            judge=referee,
            now=lambda: EPOCH + timedelta(seconds=referee.elapsed()),
        )
        data = Data(lambda: EPOCH.timestamp() + referee.elapsed())
        self._server = Server(data, Random(f"{self._scenario.seed} redis"))
        self._served: list[Served] = []
        self._owners: dict[asyncio.Task[object], int] = {}
        loop.set_task_factory(self._owned)

    async def play(self) -> None:
        self._open()
        async with asyncio.TaskGroup() as group:
            for trouble in self._scenario.redis_troubles:
                group.create_task(self._trouble_redis(trouble))
            for at, number in self._scenario.kills:
                group.create_task(self._kill(at, number))
            for at, number, by in self._scenario.clock_steps:
                group.create_task(self._step_clock(at, number, by))
            for number, arrival in enumerate(self._scenario.arrivals):
                group.create_task(self._serve(number, arrival))
        self.farm.healed = True
        for process in self._alive():
            await process.background.drain(_DRAIN_S)
            await process.gateway.drain()
        await asyncio.sleep(1.0)
        self._check_idle()
        judge(self._referee, self.farm, self._served, self._processes)
        self._referee.check_limits(self.farm.calls, windows_of(self.farm))
        await self._close()

    def _open(self) -> None:
        for number in range(self._scenario.processes):
            PROCESS.set(number)
            self._referee.processes[number] = open_process(
                number, self._scenario, self.farm, self._server, self._referee
            )
        PROCESS.set(-1)

    @property
    def _processes(self) -> dict[int, Process]:
        return self._referee.processes

    def _alive(self) -> list[Process]:
        return [process for process in self._processes.values() if not process.dead]

    async def _serve(self, number: int, arrival: Arrival) -> None:
        await asyncio.sleep(arrival.at)
        process = self._processes[arrival.process]
        REQUEST.set(number)
        PROCESS.set(arrival.process)
        served = Served(number, arrival, self._loop.time(), lost=process.dead)
        self._served.append(served)
        if process.dead:
            return
        self._referee.note("asked", arrival.process, number, arrival.goal.value, arrival.subject)
        client = asyncio.create_task(process.enricher.enrich(_request(arrival), _ACCOUNT))
        # A client that waits a minute has been lost.
        await asyncio.wait({client}, timeout=arrival.leaves_after or 60.0)
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

    async def _trouble_redis(self, trouble: Trouble) -> None:
        await asyncio.sleep(trouble.begins)
        self._referee.note("redis", trouble.kind)
        self._set_redis(trouble.kind, on=True)
        await asyncio.sleep(trouble.ends - trouble.begins)
        self._set_redis(trouble.kind, on=False)
        self._referee.note("redis is well")

    def _set_redis(self, kind: str, *, on: bool) -> None:
        server = self._server
        match kind:
            case "refuse":
                server.refuses = on
                server.drop_links()
            case "hang":
                server.hangs = on
            case "lose_replies":
                server.loses_replies = on
            case "slow":
                server.latency = (0.02, 0.05) if on else (0.0001, 0.001)
            case "loading" | "readonly":
                texts = {"loading": "LOADING Redis is loading", "readonly": "READONLY a replica"}
                server.complains = texts[kind] if on else None
            case "flush" if on:
                server.data.flush()
            case "drop":
                server.drop_links()
            case "restart" if on:
                server.data.flush()
                server.drop_links()

    async def _kill(self, at: float, number: int) -> None:
        await asyncio.sleep(at)
        self._referee.note("killed", number)
        self._processes[number].dead = True

    async def _step_clock(self, at: float, number: int, by: float) -> None:
        await asyncio.sleep(at)
        self._processes[number].clock_off += by

    def _owned(self, loop: asyncio.AbstractEventLoop, work: object, **options: object) -> object:
        """Every task is known with the process it belongs to."""
        task = asyncio.Task(work, loop=loop, **options)  # type: ignore[arg-type]
        self._owners[task] = PROCESS.get()
        task.add_done_callback(self._owners.pop)
        return task

    def _check_idle(self) -> None:
        for task, owner in list(self._owners.items()):
            if owner >= 0 and not self._processes[owner].dead:
                self._referee.breaks(
                    "idle", f"a task is left: {task.get_name()} {task.get_coro()!r}"
                )
        for process in self._alive():
            self._check_process_idle(process)

    def _check_process_idle(self, process: Process) -> None:
        gates, expect = process.gateway.gates, self._referee.expect
        for name, line in gates.lines.items():
            most = self.farm.sketches[name].concurrency
            expect("idle", line._value == most, f"{name} has {line._value} of {most} places")
        expect("idle", not process.gateway._flights, "a flight is left")
        pool = process.redis.connection_pool
        expect("idle", not pool._in_use_connections, "a Redis connection is in use")

    async def _close(self) -> None:
        left = list(self._owners)
        me = asyncio.current_task()
        for task in left:
            if task is not me:
                task.cancel()
        await asyncio.wait([task for task in left if task is not me], timeout=30) if len(
            left
        ) > 1 else None
        for process in self._processes.values():
            await process.redis.aclose()


def _request(arrival: Arrival) -> Request:
    is_person = arrival.goal is Goal.PERSON
    keys = Keys(domain=domain_of(arrival.subject))
    if is_person:
        keys = keys_of(arrival.subject, by_name=arrival.by_name)
    wanted = {
        Goal.PERSON: frozenset({"full_name", "title", "business_email", "industry"}),
        Goal.EXECUTIVES: frozenset[str](),
        Goal.COMPANY: frozenset({"firmographics", "workforce-trends"}),
    }
    options = Options(
        deadline=timedelta(seconds=arrival.deadline),
        strategy=arrival.strategy,
        max_cost=None if arrival.max_cost is None else MicroUsd(arrival.max_cost),
        max_age=None if arrival.max_age is None else timedelta(seconds=arrival.max_age),
    )
    return Request(
        goal=arrival.goal, keys=keys, wanted=wanted[arrival.goal], limit=5, options=options
    )
