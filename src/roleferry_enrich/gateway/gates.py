"""Takes one call through every gate, in the order gateway.py draws."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import CallRecord, OutcomeKind
from roleferry_enrich.errors import (
    BreakerOpen,
    CallSkipped,
    NoPermit,
    ProviderError,
    ProviderRateLimited,
    ProviderUnauthorised,
    Quarantined,
)
from roleferry_enrich.gateway.breaker import Admission, Breaker
from roleferry_enrich.gateway.buckets import Bucket
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.errand import Errand
from roleferry_enrich.gateway.limiter import Limiter
from roleferry_enrich.gateway.pauses import asked_pause
from roleferry_enrich.gateway.places import FleetPlaces
from roleferry_enrich.gateway.quotas import Quotas
from roleferry_enrich.gateway.retry import RetryBudget, RetryPolicy
from roleferry_enrich.gateway.standing import Standing
from roleferry_enrich.gateway.till import Order, Till
from roleferry_enrich.gateway.transport import Transport
from roleferry_enrich.gateway.watch import CallSpan, Watch
from roleferry_enrich.providers.contract import Call
from roleferry_enrich.providers.replies import Reply

_PAUSE_WITHOUT_WORD = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """The gates of one process, shared by all its requests."""

    standing: Standing
    breakers: Mapping[str, Breaker]
    limiter: Limiter
    transport: Transport
    retry: RetryPolicy
    till: Till
    watch: Watch
    random: Random
    now: Callable[[], datetime]
    lines: Mapping[str, asyncio.Semaphore]
    """By provider: how many calls this process may have under way."""
    retries: RetryBudget
    places: FleetPlaces
    quotas: Quotas

    async def send(self, call: Call, errand: Errand) -> Reply:
        """The reply to a call. Raises ProviderError or CallSkipped."""
        attempt = 1
        failure: ProviderError | None = None
        while True:
            try:
                return await self._attempt(call, errand, attempt)
            except CallSkipped as skipped:
                # It was sent once: that the next attempt may not go out does not undo its failure.
                if failure is None:
                    raise
                raise failure from skipped
            except ProviderError as error:
                failure = error
                wait = self._wait_to_retry(error, call, errand, attempt)
                if wait is None:
                    raise
                await asyncio.sleep(wait.total_seconds())
            attempt += 1

    def _wait_to_retry(
        self, error: ProviderError, call: Call, errand: Errand, attempt: int
    ) -> timedelta | None:
        if self.standing.has_another_key(errand.channel, error) and errand.time_left():
            return timedelta(0)  # a refused key costs nothing, and is refused only once
        if errand.is_aside:
            return None
        wait = self.retry.wait(error, call, attempt, self.random)
        if wait is None or max(wait, error.retry_after or wait) >= errand.time_left():
            return None
        if not self.retries.spend(errand.channel.name):
            self.watch.retry_refused(errand.channel.name)
            return None
        return wait

    async def unreadable(self, errand: Errand) -> None:
        """A conversation could not read a reply that passed as good."""
        name = errand.channel.name
        # If the breaker has opened meanwhile, there is nothing left to tell it.
        with suppress(BreakerOpen), self.breakers[name].admit() as admission:
            admission.failed()
        self.watch.contract_changed(name, errand.capability)
        await self.till.unreadable(errand)

    async def _attempt(self, call: Call, errand: Errand, attempt: int) -> Reply:
        name = errand.channel.name
        await self.standing.check(errand.channel, as_trial=not errand.is_aside)
        breaker = self.breakers[name]
        with (
            self.watch.calling(name, errand.capability, attempt) as span,
            breaker.let_pass() if errand.is_aside else breaker.admit() as admission,
        ):
            try:
                return await self._paid(call, errand, attempt, span, admission)
            finally:
                self.watch.breaker_seen(name, breaker.state)

    async def _paid(
        self, call: Call, errand: Errand, attempt: int, span: CallSpan, admission: Admission
    ) -> Reply:
        price = errand.channel.price(call.credits)
        errand.terms.purse.reserve(price)
        cost = MicroUsd(0)
        try:
            order = await self.till.order(call, errand, attempt)
            if isinstance(order, Reply):
                return order
            with order:
                async with (
                    _Place(self.lines[errand.channel.name], errand.time_left()),
                    self._place_in_fleet(errand),
                ):
                    admission.check()
                    waited = await self._permit(call, errand)
                    channel = await self.standing.chosen(errand.channel)
                    await order.confirm()
                    admission.check()
                    sent = _Sent(
                        order.id, call, errand, channel, attempt, waited, self.now(), _clock()
                    )
                    order.made()
                    reply, error = await self._exchange(sent, admission)
                    # Nothing is awaited between a reply and its settling: it may be paid for.
                    cost, record = _settled(sent, order, reply, error)
                    await self._learn(sent, reply, error)
        finally:
            errand.terms.purse.settle(price, cost)
        span.ended(record)
        if error is not None:
            raise error
        assert reply is not None, "without an error there is a reply"
        return reply

    def _place_in_fleet(self, errand: Errand) -> AbstractAsyncContextManager[None]:
        channel = errand.channel
        within, at_most = errand.time_left(), channel.call_timeout
        return self.places.place(channel.name, within=within, at_most=at_most)

    async def _permit(self, call: Call, errand: Errand) -> timedelta:
        bucket, name = errand.channel.bucket(call), errand.channel.name
        if not _is_limited(errand.channel, bucket):
            return timedelta(0)
        within, priority = errand.time_left(), errand.terms.priority
        try:
            waited = await self.limiter.acquire(bucket, within=within, priority=priority)
        except Quarantined as off:
            self.standing.adopt(name, off)
            raise
        self.standing.quarantine.check_again(name)
        return waited

    async def _exchange(
        self, sent: "_Sent", admission: Admission
    ) -> tuple[Reply | None, ProviderError | None]:
        """The reply and the error it means; the breaker learns."""
        channel, call = sent.channel, sent.call
        reply: Reply | None = None
        error: ProviderError | None
        admission.sent()
        if sent.attempt == 1:
            self.retries.called(channel.name)
        try:
            reply = await self.transport.send(channel, call, within=channel.call_timeout)
            error = channel.provider.refusal(call, reply)
        except ProviderError as raised:
            error = raised
        if error is None:
            admission.succeeded()
        elif error.trips_breaker and not channel.provider.spec.open_web:
            # A dead web site says nothing of the next one.
            admission.failed()
        return reply, error

    async def _learn(self, sent: "_Sent", reply: Reply | None, error: ProviderError | None) -> None:
        """Feedback to the limiter and the quarantine, in every process."""
        channel = sent.errand.channel
        self.quotas.heard(channel, reply)
        await self._learn_pace(channel, sent.call, reply, error)
        if error is not None or not sent.errand.is_aside:
            await self.standing.learn(channel, sent.channel.key, error)

    async def _learn_pace(
        self, channel: Channel, call: Call, reply: Reply | None, error: ProviderError | None
    ) -> None:
        bucket = channel.bucket(call)
        if not _is_limited(channel, bucket):
            return
        pause = asked_pause(channel, reply, error)
        if pause is None and isinstance(error, ProviderRateLimited):
            await self.limiter.lower(bucket)
            pause = _PAUSE_WITHOUT_WORD
        if pause is not None:
            await self.limiter.pause(bucket, pause)


@dataclass(frozen=True, slots=True)
class _Sent:
    id: UUID
    call: Call
    errand: Errand
    channel: Channel
    """With the key that was used."""
    attempt: int
    permit_wait: timedelta
    at: datetime
    begun: float
    """By the clock that nobody sets."""

    def record(
        self, reply: Reply | None, error: ProviderError | None, cost: MicroUsd
    ) -> CallRecord:
        return CallRecord(
            id=self.id,
            conversation=self.errand.conversation,
            provider=self.errand.channel.name,
            capability=self.errand.capability,
            attempt=self.attempt,
            status=reply.status if reply else None,
            outcome=OutcomeKind(error.outcome) if error else OutcomeKind.FOUND,
            cost=cost,
            sent_at=self.at,
            latency=timedelta(seconds=_clock() - self.begun),
            permit_wait=self.permit_wait,
        )


def _is_limited(channel: Channel, bucket: Bucket) -> bool:
    """Whether its calls may be told to wait, by us or by it, for every process.

    Not those to many sites, of which none speaks for another, nor those to our own database.
    """
    is_free = channel.provider.spec.open_web or channel.carrier is not None
    return bool(bucket.windows) or not is_free


def _clock() -> float:
    return asyncio.get_running_loop().time()


class _Place:
    """A place among the calls under way to one provider, or NoPermit when it takes too long."""

    def __init__(self, line: asyncio.Semaphore, within: timedelta) -> None:
        self._line = line
        self._within = within

    async def __aenter__(self) -> None:
        try:
            async with asyncio.timeout(self._within.total_seconds()):
                await self._line.acquire()
        except TimeoutError as error:
            raise NoPermit("too many calls to the provider are under way") from error

    async def __aexit__(self, *_: object) -> None:
        self._line.release()


def _settled(
    sent: _Sent, order: Order, reply: Reply | None, error: ProviderError | None
) -> tuple[MicroUsd, CallRecord]:
    """What the call cost, and its line in the report, once both are in the books."""
    credits = _credits(sent, reply, error)
    cost = sent.errand.channel.price(credits)
    record = sent.record(reply, error, cost)
    sent.errand.calls.append(record)
    order.settle(record, reply if credits and not error else None)
    return cost, record


def _credits(sent: _Sent, reply: Reply | None, error: ProviderError | None) -> int:
    """What the call is booked with. In doubt it was charged: books must not be too low."""
    if reply is None:
        lost = error is not None and error.may_be_charged
        return sent.call.credits if lost else 0
    if isinstance(error, ProviderUnauthorised):
        return 0  # also where it comes as a 200
    return sent.call.charge(reply)
