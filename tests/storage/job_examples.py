"""Jobs that tests create, and looks at what became of them."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.domain.batches import Item, Job, NewJob, Prices
from roleferry_enrich.domain.enrichments import Goal, Options, Request
from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.storage.job_tables import job_items
from roleferry_enrich.storage.jobs import JobRepository

PRICES = Prices(cheapest=10, dearest=100)


def asked(address: str) -> Request:
    """With the deadline that a batch gives."""
    options = Options(deadline=timedelta(seconds=10))
    return Request(goal=Goal.PERSON, keys=Keys(email=Email(address)), options=options)


def items(count: int) -> tuple[Item, ...]:
    return tuple(
        Item(number=n, reference=f"crm-{n}", request=asked(f"ada{n}@engines.test"))
        for n in range(1, count + 1)
    )


async def created(engine: AsyncEngine, account_id: UUID, count: int = 3, **changed) -> Job:
    return await JobRepository(engine).create(
        account_id, NewJob(**{"items": items(count)} | changed)
    )


async def rows(engine: AsyncEngine, job: Job):
    wanted = select(job_items).where(job_items.c.job_id == job.id).order_by(job_items.c.number)
    async with engine.connect() as connection:
        return (await connection.execute(wanted)).all()


async def run(engine: AsyncEngine, sql: str, **given: object) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(sql), given)


async def without_jobs(engine: AsyncEngine) -> None:
    """Leases are taken across accounts: what earlier tests left would be taken too."""
    await run(engine, "TRUNCATE jobs CASCADE")
