"""What happens in one simulated run, drawn from its seed before anything runs.

Each run switches on only some kinds of trouble (swarm testing): where everything fails all the
time, most code is never reached.
"""

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from roleferry_enrich.domain.enrichments import Goal, Strategy
from roleferry_enrich.providers.contract import Window

PROVIDER_TROUBLES = (
    "hang", "hang_body", "slow", "throttle", "throttle_silent", "throttle_odd", "unavailable",
    "unavailable_until", "html", "truncated", "garbage", "refuse", "reset", "lost_reply", "flap",
    "dead_key", "quota", "stranger", "used_up", "endless", "odd", "nothing", "error_in_200",
)  # fmt: skip
REDIS_TROUBLES = (
    "refuse", "hang", "flush", "drop", "slow", "lose_replies", "cut", "loading", "readonly", "full",
    "restart", "scripts_gone", "clock_back", "clock_ahead",
)  # fmt: skip
BOOKS_TROUBLES = ("away", "slow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """One invented provider."""

    name: str
    capabilities: tuple[str, ...]
    credits: int
    price: int
    windows: tuple[Window, ...]
    lane: tuple[Window, ...]
    """Windows of its own for `find_people`, where there are any."""
    concurrency: int
    places: int | None
    """How many calls the whole fleet may have under way, where the contract says so."""
    timeout: timedelta
    fresh_for: timedelta
    latency: float
    spread: float
    pays_for_misses: bool
    opted_out: tuple[tuple[float, int], ...]
    """From when on which subject asks this provider not to be processed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something is wrong for a while; `share` of the calls meet it."""

    where: str
    kind: str
    begins: float
    ends: float
    share: float = 1.0
    amount: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One client's request."""

    at: float
    process: int
    goal: Goal
    subject: int
    by_name: bool
    deadline: float
    strategy: Strategy
    max_cost: int | None
    max_age: float | None
    leaves_after: float | None
    """When the client goes away; the work goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    seed: int
    processes: int
    sketches: tuple[Sketch, ...]
    arrivals: tuple[Arrival, ...]
    troubles: tuple[Trouble, ...]
    redis_troubles: tuple[Trouble, ...]
    books_troubles: tuple[Trouble, ...]
    kills: tuple[tuple[float, int], ...]
    """When which process dies; another takes its place a little later."""
    clock_steps: tuple[tuple[float, int, float], ...]
    """When, whose wall clock, by how many seconds."""
    erasures: tuple[tuple[float, int, int], ...]
    """When which process is told to forget whom."""
    slow_records: bool


def scenario(seed: int) -> Scenario:
    random = Random(seed)
    processes = random.choice((1, 2, 3, 4))
    span = random.choice((5.0, 5.0, 15.0, 15.0, 40.0, 90.0))
    subjects = random.choice((3, 8, 20))
    sketches = tuple(_sketch(random, n, span, subjects) for n in range(random.randint(2, 5)))
    sickness = _sickness(random, sketches)
    arrivals = _arrivals(random, span, processes, subjects)
    if sickness:
        arrivals += _crowds(random, processes)
    moments = [arrival.at for arrival in arrivals]
    return Scenario(
        seed=seed,
        processes=processes,
        sketches=sketches,
        arrivals=arrivals,
        troubles=(*sickness, *_troubles(random, moments, sketches)),
        redis_troubles=_spells(random, "redis", REDIS_TROUBLES, moments),
        books_troubles=_spells(random, "books", BOOKS_TROUBLES, moments),
        kills=_kills(random, moments, processes),
        clock_steps=_clock_steps(random, span, processes),
        erasures=_erasures(random, moments, processes, subjects),
        slow_records=random.random() < 0.2,
    )


def _sketch(random: Random, number: int, span: float, subjects: int) -> Sketch:
    often = {"find_person", "find_company"}
    capabilities = tuple(
        name
        for name in (*sorted(often), "find_people", "find_email", "verify_email", "find_workforce")
        if random.random() < (0.7 if name in often else 0.3)
    )
    opted_out = [(random.uniform(0, span), random.randrange(subjects)) for _ in range(2)]
    return Sketch(
        name=f"p{number}",
        capabilities=capabilities or ("find_person",),
        credits=random.choice((0, 1, 1, 2, 5)),
        price=random.choice((1_000, 10_000, 98_765)),
        windows=_windows(random),
        lane=(Window(random.randint(1, 5), timedelta(seconds=1)),) if random.random() < 0.3 else (),
        concurrency=random.choice((2, 5, 20)),
        places=random.choice((None, None, 1, 4)),
        timeout=timedelta(seconds=random.choice((1.0, 3.0, 10.0))),
        fresh_for=timedelta(seconds=random.choice((6.0, 30.0, 604_800.0))),
        latency=random.choice((0.02, 0.1, 0.3, 0.8)),
        spread=random.choice((0.1, 0.5, 1.0)),
        pays_for_misses=random.random() < 0.5,
        opted_out=tuple(opted_out) if random.random() < 0.3 else (),
    )


def _windows(random: Random) -> tuple[Window, ...]:
    if random.random() < 0.15:
        return ()
    windows = [Window(random.choice((1, 2, 3, 7, 10, 30)), timedelta(seconds=1))]
    if random.random() < 0.4:
        windows.append(Window(random.choice((10, 30, 60)), timedelta(seconds=60)))
    return tuple(windows)


def _arrivals(random: Random, span: float, processes: int, subjects: int) -> tuple[Arrival, ...]:
    """Bursts and stragglers; subjects repeat, so that equal questions meet in flight and after."""
    moments: list[float] = []
    wanted = random.choice((8, 15, 30))
    while len(moments) < wanted:
        start = random.uniform(0, span * 0.9)
        if random.random() < 0.5:
            spread = random.choice((0.0, 0.01, 0.5, 3.0))
            moments += [start + random.random() * spread for _ in range(random.randint(2, 14))]
        else:
            moments.append(start)
    return tuple(_arrival(random, at, processes, subjects) for at in sorted(moments))


def _arrival(random: Random, at: float, processes: int, subjects: int) -> Arrival:
    goals = (Goal.PERSON, Goal.PERSON, Goal.PERSON, Goal.COMPANY, Goal.EXECUTIVES)
    return Arrival(
        at=at,
        process=random.randrange(processes),
        goal=random.choice(goals),
        subject=random.randrange(subjects),
        by_name=random.random() < 0.3,
        deadline=random.choice((0.2, 0.5, 2.0, 2.0, 5.0)),
        strategy=random.choice((Strategy.PARALLEL, Strategy.PARALLEL, Strategy.WATERFALL)),
        max_cost=random.choice((None, None, 0, 15_000, 100_000, 300_000)),
        max_age=random.choice((None, None, None, 5.0, 30.0)),
        leaves_after=random.uniform(0.0, 1.0) if random.random() < 0.15 else None,
    )


def _troubles(
    random: Random, moments: list[float], sketches: tuple[Sketch, ...]
) -> tuple[Trouble, ...]:
    kinds = random.sample(PROVIDER_TROUBLES, random.randint(0, 8))
    if not kinds:
        return ()
    return tuple(
        _trouble(random, random.choice(sketches).name, random.choice(kinds), moments)
        for _ in range(random.randint(1, 3 * len(sketches)))
    )


def _sickness(random: Random, sketches: tuple[Sketch, ...]) -> tuple[Trouble, ...]:
    """One provider that stays sick until its breaker has tried it again."""
    if random.random() < 0.85:
        return ()
    sick, kind = random.choice(sketches).name, random.choice(("flap", "hang", "throttle"))
    return (Trouble(where=sick, kind=kind, begins=0.0, ends=50.0, share=0.95, amount=9.0),)


def _crowds(random: Random, processes: int) -> tuple[Arrival, ...]:
    """Many at once, before a sick provider's breaker opens and when it tries it again."""
    moments = [random.uniform(*when) for when in ((0.0, 5.0), (36.0, 45.0), (50.0, 70.0))]
    crowd = [moment + random.random() * 0.05 for moment in moments for _ in range(14)]
    return tuple(_arrival(random, at, min(processes, 1), 30) for at in crowd)


def _spells(
    random: Random, where: str, kinds: tuple[str, ...], moments: list[float]
) -> tuple[Trouble, ...]:
    """A few, one after the other; none at all in every second run."""
    if random.random() < 0.5:
        return ()
    some = random.sample(kinds, min(random.randint(1, 3), len(kinds)))
    drawn = [_trouble(random, where, random.choice(some), moments) for _ in range(4)]
    spells: list[Trouble] = []
    for trouble in sorted(drawn, key=lambda trouble: trouble.begins):
        if not spells or spells[-1].ends + 3.0 < trouble.begins:
            spells.append(trouble)
    return tuple(spells)


def _trouble(random: Random, where: str, kind: str, moments: list[float]) -> Trouble:
    """Around a moment at which somebody asks: else most of it would be met by nobody."""
    lasts = random.choice((0.5, 3.0, 10.0, 30.0))
    begins = max(0.0, random.choice(moments) + random.uniform(-0.9, 0.5) * min(lasts, 3.0))
    return Trouble(
        where=where,
        kind=kind,
        begins=begins,
        ends=begins + lasts,
        share=random.choice((0.2, 0.5, 0.8, 1.0)),
        amount=random.choice((1.0, 2.0, 5.0, 20.0)),
    )


def _kills(random: Random, moments: list[float], processes: int) -> tuple[tuple[float, int], ...]:
    if random.random() < 0.7:
        return ()
    at = random.choice(moments) + random.uniform(0.0, 1.0)
    return ((at, random.randrange(processes)),)


def _clock_steps(
    random: Random, span: float, processes: int
) -> tuple[tuple[float, int, float], ...]:
    if random.random() < 0.8:
        return ()
    by = random.choice((-3600.0, 3600.0, -0.5, 2.0))
    return ((random.uniform(0, span), random.randrange(processes), by),)


def _erasures(
    random: Random, moments: list[float], processes: int, subjects: int
) -> tuple[tuple[float, int, int], ...]:
    if random.random() < 0.6:
        return ()
    return tuple(
        (
            random.choice(moments) + random.uniform(-0.2, 1.0),
            random.randrange(processes),
            random.randrange(subjects),
        )
        for _ in range(random.randint(1, 4))
    )
