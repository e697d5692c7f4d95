"""Where a job may tell of its end: checked before anything is stored."""

from uuid import uuid4

import pytest
from tests.storage.job_examples import items
from tests.suppressed import held

from roleferry_enrich.batches.desk import JobDesk
from roleferry_enrich.batches.queue import Queue, Work
from roleferry_enrich.domain.batches import NewJob
from roleferry_enrich.errors import InvalidQuery, ServiceUnavailable
from roleferry_enrich.storage.engine import create_engine

NOWHERE = "postgresql://nobody@127.0.0.1:9/x"
INSIDE = [
    "http://crm.example.com/hook",
    "https://localhost/hook",
    "https://127.0.0.1/hook",
    "https://127.1/hook",
    "https://0x7f000001/hook",
    "https://2130706433/hook",
    "https://[::1]/hook",
    "https://printer/hook",
]
WRONG = [
    "ftp://crm.example.com/hook",
    "https://user:pass@crm.example.com/hook",
    "https://crm.example.com:99999/hook",
    "https://crm.example.com:0/hook",
    "https://crm.example.com\\@inside/hook",
    "https://crm.example.com/a b",
    "https://①②⑦.⓪.⓪.①/hook",
    "https:///hook",
    "crm.example.com/hook",
]


def desk(*, inside: bool) -> JobDesk:
    """Over a database that is not there: whatever is refused, is refused before."""
    return JobDesk(
        create_engine(NOWHERE),
        Queue("redis://127.0.0.1:9/0", Work.ITEMS),
        held(),
        callbacks_inside=inside,
    )


async def refused(url: str, *, inside: bool) -> bool:
    new = NewJob(items=items(1), callback_url=url)
    with pytest.raises((InvalidQuery, ServiceUnavailable)) as caught:
        await desk(inside=inside).create(uuid4(), new)
    assert url not in str(caught.value)
    return [fault.field for fault in caught.value.faults] == ["callback_url"]


@pytest.mark.parametrize("url", [*INSIDE, *WRONG])
async def test_h65_nobody_is_called_inside(url: str) -> None:
    assert await refused(url, inside=False)


@pytest.mark.parametrize("url", WRONG)
async def test_h66_what_is_no_url_is_refused_in_development_too(url: str) -> None:
    assert await refused(url, inside=True)


async def test_a_public_host_over_https_may_be_called() -> None:
    assert not await refused("https://crm.example.com:8443/hook?job=1", inside=False)


async def test_in_development_ones_own_machine_may_be_called() -> None:
    assert not await refused("http://localhost:9000/hook", inside=True)
