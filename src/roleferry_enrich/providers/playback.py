"""Drives a conversation against given replies, without a loop or a network.

The conformance suite plays recorded exchanges through this, and so may anyone who writes an
adapter: it is the whole of what a gateway does to a conversation, less the gates.
"""

from collections.abc import Callable
from typing import TypeVar

from roleferry_enrich.errors import ProviderError
from roleferry_enrich.providers.contract import Call, Conversation, Pause, Provider
from roleferry_enrich.providers.replies import Reply

T = TypeVar("T")


def play(provider: Provider, conversation: Conversation[T], reply_to: Callable[[Call], Reply]) -> T:
    """The conversation's result when `reply_to` answers each of its calls.

    Raises what the conversation raises: a ProviderError where a reply is a refusal it does not
    handle.
    """
    try:
        step = next(conversation)
        while True:
            calls = () if isinstance(step, Pause) else step
            replies = tuple(reply_to(call) for call in calls)
            refusal = _first_refusal(provider, calls, replies)
            step = conversation.throw(refusal) if refusal else conversation.send(replies)
    except StopIteration as finished:
        result: T = finished.value
        return result


def _first_refusal(
    provider: Provider, calls: tuple[Call, ...], replies: tuple[Reply, ...]
) -> ProviderError | None:
    refusals = (provider.refusal(c, r) for c, r in zip(calls, replies, strict=True))
    return next((refusal for refusal in refusals if refusal is not None), None)
