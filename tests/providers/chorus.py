"""Drives conversations side by side, their shared calls made as one: a gateway without gates."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from roleferry_enrich.errors import ProviderError
from roleferry_enrich.providers.contract import Answer, Call, Conversation, Pause, Provider
from roleferry_enrich.providers.gathering import SharedCall
from roleferry_enrich.providers.replies import Reply


@dataclass
class Chorus:
    provider: Provider
    reply_to: Callable[[Call], Reply]
    made: list[Call] = field(default_factory=list)

    def sing(self, conversations: Sequence[Conversation[Answer]]) -> list[Answer | ProviderError]:
        """What each came to; those that raised, what they raised."""
        results: dict[int, Answer | ProviderError] = {}
        steps = {place: (each, next(each)) for place, each in enumerate(conversations)}
        while steps:
            calls = [(place, call) for place, (_, step) in steps.items() for call in _calls(step)]
            replies = defaultdict(list)
            answered = dict(self._answered([call for _, call in calls]))
            for place, call in calls:
                replies[place].append(answered[id(call)])
            steps = dict(self._next(steps, replies, results))
        return [results[place] for place in range(len(conversations))]

    def _next(self, steps, replies, results):
        for place, (conversation, _) in steps.items():
            error = next((r for r in replies[place] if isinstance(r, ProviderError)), None)
            try:
                if error:
                    yield place, (conversation, conversation.throw(error))
                else:
                    yield place, (conversation, conversation.send(tuple(replies[place])))
            except StopIteration as finished:
                results[place] = finished.value
            except ProviderError as failed:
                results[place] = failed

    def _answered(self, calls: Sequence[Call]) -> Iterator[tuple[int, Reply | ProviderError]]:
        kinds = defaultdict(list)
        for call in calls:
            if isinstance(call, SharedCall):
                kinds[call.sharing.kind].append(call)
            else:
                yield id(call), self._sent(call)
        for shared in kinds.values():
            most = shared[0].sharing.group.most
            for start in range(0, len(shared), most):
                yield from self._together(shared[start : start + most])

    def _together(self, calls: Sequence[SharedCall]) -> Iterator[tuple[int, Reply | ProviderError]]:
        if len(calls) == 1:
            yield id(calls[0]), self._sent(calls[0])
            return
        how = calls[0].sharing
        joined = how.join(calls)
        assert joined.credits <= sum(call.credits for call in calls)
        reply = self._sent(joined)
        if isinstance(reply, ProviderError):
            yield from ((id(call), reply) for call in calls)
            return
        parts = how.split(reply, calls)
        assert len(parts) == len(calls)
        owed = sum(c.charge(p) for c, p in zip(calls, parts, strict=True) if isinstance(p, Reply))
        assert owed <= joined.credits
        yield from ((id(call), part) for call, part in zip(calls, parts, strict=True))

    def _sent(self, call: Call) -> Reply | ProviderError:
        self.made.append(call)
        reply = self.reply_to(call)
        return self.provider.refusal(call, reply) or reply


def _calls(step: tuple[Call, ...] | Pause) -> tuple[Call, ...]:
    return () if isinstance(step, Pause) else step
