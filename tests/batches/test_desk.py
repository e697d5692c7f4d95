"""Where a job may tell of its end: checked before anything is stored."""

from uuid import UUID, uuid4

import pytest
from tests.at_rest import AT_REST
from tests.storage.job_examples import items
from tests.suppressed import held

from roleferry_enrich.batches.desk import JobDesk
from roleferry_enrich.batches.queue import Queue, Work
from roleferry_enrich.domain.batches import NewJob
from roleferry_enrich.domain.outgoing_webhooks import Callback
from roleferry_enrich.errors import Fault, InvalidQuery, ServiceUnavailable
from roleferry_enrich.storage.engine import create_engine

NOWHERE = "postgresql://nobody@127.0.0.1:9/x"
INSIDE = "https://inside.test/hook"


class Callbacks:
    """Knows one URL that may not be called."""

    def __init__(self) -> None:
        self.made: list[UUID] = []

    async def require(self, url: str) -> None:
        if url == INSIDE:
            raise InvalidQuery("see `errors`", faults=(Fault("callback_url", "refused", "no"),))

    async def of(self, account_id: UUID) -> Callback:
        self.made.append(account_id)
        return Callback(endpoint_id=account_id, secret="whsec_x")


def desk(callbacks: Callbacks) -> JobDesk:
    """Over a database that is not there: whatever is refused, is refused before."""
    queue = Queue("redis://127.0.0.1:9/0", Work.ITEMS)
    return JobDesk(create_engine(NOWHERE, at_rest=AT_REST), queue, held(), callbacks)


async def test_h65_a_job_that_would_call_inside_is_not_stored() -> None:
    callbacks = Callbacks()
    new = NewJob(items=items(1), callback_url=INSIDE)
    with pytest.raises(InvalidQuery):
        await desk(callbacks).create(uuid4(), new)
    assert callbacks.made == []


async def test_what_signs_a_callback_is_there_before_the_job() -> None:
    callbacks, account_id = Callbacks(), uuid4()
    new = NewJob(items=items(1), callback_url="https://crm.test/hook")
    with pytest.raises(ServiceUnavailable):
        await desk(callbacks).create(account_id, new)
    assert callbacks.made == [account_id]


async def test_a_job_that_calls_nobody_needs_none() -> None:
    callbacks = Callbacks()
    with pytest.raises(ServiceUnavailable):
        await desk(callbacks).create(uuid4(), NewJob(items=items(1)))
    assert callbacks.made == []
