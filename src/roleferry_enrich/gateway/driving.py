"""Drives a conversation: makes the calls it yields, sends it the replies, throws it the errors."""

import asyncio
from typing import Protocol, TypeVar

from roleferry_enrich.errors import CallSkipped, DeadlineTooNear, ProviderError
from roleferry_enrich.gateway.errand import Errand
from roleferry_enrich.providers.contract import Call, Conversation, Pause
from roleferry_enrich.providers.replies import Reply

T = TypeVar("T")


class Sender(Protocol):
    """The gates, or what stands before them."""

    async def send(self, call: Call, errand: Errand) -> Reply:
        """Raises ProviderError or CallSkipped."""


async def drive(conversation: Conversation[T], errand: Errand, sender: Sender) -> T:
    """The conversation's result. Raises what it does not handle: ProviderError, CallSkipped."""
    try:
        step = next(conversation)
        while True:
            try:
                if isinstance(step, Pause):
                    replies = await _pause(step, errand)
                else:
                    replies = await _send_all(step, errand, sender)
            except (ProviderError, CallSkipped) as error:
                step = conversation.throw(error)
            else:
                step = conversation.send(replies)
    except StopIteration as finished:
        result: T = finished.value
        return result
    finally:
        conversation.close()


async def _pause(step: Pause, errand: Errand) -> tuple[Reply, ...]:
    if step.duration > errand.time_left():
        raise DeadlineTooNear("the provider asks for more time than is left")
    await asyncio.sleep(step.duration.total_seconds())
    return ()


async def _send_all(calls: tuple[Call, ...], errand: Errand, sender: Sender) -> tuple[Reply, ...]:
    errand.entries.clear()
    if len(calls) == 1:
        return (await sender.send(calls[0], errand),)
    # All run to their end even if one fails: the others may be paid for already.
    async with asyncio.TaskGroup() as group:
        sent = [group.create_task(_send(call, errand, sender)) for call in calls]
    answers = [task.result() for task in sent]
    failed = next((answer for answer in answers if not isinstance(answer, Reply)), None)
    if failed is not None:
        raise failed
    return tuple(answer for answer in answers if isinstance(answer, Reply))


async def _send(call: Call, errand: Errand, sender: Sender) -> Reply | ProviderError | CallSkipped:
    try:
        return await sender.send(call, errand)
    except (ProviderError, CallSkipped) as error:
        return error
