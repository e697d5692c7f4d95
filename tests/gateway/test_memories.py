"""Whether what an answer was made from still stands: held, fresh, not forgotten, not replaced."""

from datetime import timedelta

from tests.gateway.test_gateway import COMPANY, ORLA, PERSON, FarEnd, gateway, now, terms

from roleferry_enrich.gateway.redis_guard import RedisGuard

QUILLMERE = {"name": "Quillmere", "industry": "Optics"}


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self):
        return now() + self.ahead


async def test_what_memory_holds_stands_until_it_is_forgotten(shared: RedisGuard) -> None:
    async with gateway(FarEnd(ORLA, QUILLMERE), shared) as (gate, _):
        await gate.ask(PERSON, terms())
        await gate.ask(COMPANY, terms())
        memories = gate.remembers([PERSON, COMPANY])

        assert memories is not None
        assert memories.still_stand
        await gate.forget(COMPANY)
        assert not memories.still_stand


async def test_what_is_not_all_in_memory_is_not_remembered(shared: RedisGuard) -> None:
    async with gateway(FarEnd(ORLA), shared) as (gate, _):
        await gate.ask(PERSON, terms())

        assert gate.remembers([PERSON, COMPANY]) is None
        assert gate.remembers([]) is None


async def test_what_is_past_its_time_is_not_remembered(shared: RedisGuard) -> None:
    clock = Clock()
    async with gateway(FarEnd(ORLA), shared, clock) as (gate, _):
        await gate.ask(PERSON, terms())
        assert gate.remembers([PERSON]) is not None
        clock.ahead = timedelta(days=400)

        assert gate.remembers([PERSON]) is None


async def test_a_newer_answer_replaces_what_was_remembered(shared: RedisGuard) -> None:
    newer = {"person": {"name": "Orla Fenwick", "title": "Chair"}}
    async with gateway(FarEnd(ORLA, newer), shared) as (gate, _):
        await gate.ask(PERSON, terms())
        memories = gate.remembers([PERSON])
        await gate.ask(PERSON, terms(age=timedelta(0)))

        assert memories is not None
        assert not memories.still_stand
