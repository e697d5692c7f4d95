"""The whole pipeline against the sandbox, inside one process and on the sandbox's own day.

No server, no network, no delay and no limit: what an answer holds then hangs on the seed alone, so
that a figure can be had again.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit
from uuid import NAMESPACE_URL, uuid5

from starlette.types import ASGIApp, Message

from roleferry_enrich.domain.enrichments import Request
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import CallRecord, OutcomeKind, Report
from roleferry_enrich.domain.queries import Ask
from roleferry_enrich.errors import CallSkipped, ProviderError
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.gateway.errand import Errand, Terms
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.gateway.understanding import outcome_of, outcome_of_error
from roleferry_enrich.pipeline.fanout import FanOut
from roleferry_enrich.pipeline.progress import Result, merged
from roleferry_enrich.pipeline.screening import Screening
from roleferry_enrich.privacy.digests import Digester
from roleferry_enrich.privacy.holding import SuppressionList
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import Call, Conversation, Pause, T
from roleferry_enrich.providers.own_store import OwnStore
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.sandbox.app import create_sandbox
from roleferry_enrich.sandbox.directory import Directory
from roleferry_enrich.sandbox.population import Population, populate
from roleferry_enrich.storage.suppressions import Loaded

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""The invented world's day."""

_HOST = "http://sandbox.test"
_BREATHS = 4
"""Turns of the loop in which what was answered is taken up before the next answer comes."""
_PATIENCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class World:
    """One population, and the providers that speak of it."""

    population: Population
    directory: Directory
    gateway: Gateway


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request brought: the golden records, and each provider's outcome."""

    result: Result
    observed: Observations
    """What was accepted as speaking of the subject."""
    reports: tuple[Report, ...]


def world(seed: int, companies: int, *, fault: Mapping[str, str] | None = None) -> World:
    """The sandbox of that seed. `fault` names a fault of the sandbox by provider."""
    population = populate(seed, companies)
    sandbox = create_sandbox(seed=seed, companies=companies, latency=0, limits=False)
    channels = {name: _channel(name) for name in far_ends()}
    gateway = _Rehearsed(channels, sandbox, fault or {})
    return World(population, Directory(population), gateway)


def far_ends() -> Iterator[str]:
    """Every provider but our own database, which knows nothing of a world just made."""
    return (name for name, it in catalogue().items() if not isinstance(it, OwnStore))


async def answered(world: World, request: Request) -> Answer:
    """The request's answer when everybody who can be asked has answered."""
    # A waterfall waits for a part of the deadline: a busy machine must not change what it does.
    request = replace(request, options=replace(request.options, deadline=_PATIENCE))
    deadline = asyncio.get_running_loop().time() + _PATIENCE.total_seconds()
    nobody = SuppressionList(Digester(b"none of these people is real"))
    nobody.replace(Loaded(0, {}))
    terms = Terms(deadline=deadline, purse=Purse(request.options.max_cost))
    fanout = FanOut(Screening(world.gateway, nobody), request, terms)
    await fanout.run_until(deadline)
    result = merged(request, fanout.accepted, today=NOW.date())
    return Answer(result, fanout.accepted, tuple(fanout.reports))


def _channel(name: str) -> Channel:
    key = Credential(f"evaluation-key-{name}")
    return Channel(provider=catalogue()[name], key=key, base_url=f"{_HOST}/{name}")


class _Rehearsed(Gateway):
    """Every ask straight to the sandbox: what the gates would do is measured elsewhere."""

    def __init__(
        self, channels: Mapping[str, Channel], sandbox: ASGIApp, fault: Mapping[str, str]
    ) -> None:
        self.channels = channels
        self._sandbox = sandbox
        self._fault = fault
        self._turn = asyncio.Lock()

    async def ask(self, ask: Ask, terms: Terms) -> Report:
        """One by one: among answers that come at once chance would say which is taken up first."""
        async with self._turn:
            for _ in range(_BREATHS):
                await asyncio.sleep(0)
            return await self._asked(ask, terms)

    async def _asked(self, ask: Ask, terms: Terms) -> Report:
        channel = self.channels[ask.provider]
        # Told by the question, so that the same question has the same number in every run.
        number = uuid5(NAMESPACE_URL, repr(ask))
        errand = Errand(
            channel=channel, capability=ask.capability, terms=terms, conversation=number
        )
        conversation = getattr(channel.provider, ask.capability)(ask.query)
        try:
            outcome = outcome_of(await self._driven(conversation, errand), errand, NOW)
        except (ProviderError, CallSkipped) as error:
            outcome = outcome_of_error(error)
        return Report(
            conversation=number,
            provider=ask.provider,
            capability=ask.capability,
            outcome=outcome,
            latency=timedelta(0),
            calls=tuple(errand.calls),
        )

    async def _driven(self, conversation: Conversation[T], errand: Errand) -> T:
        try:
            step = next(conversation)
            while True:
                try:
                    calls = () if isinstance(step, Pause) else step
                    replies = tuple([await self._reply(errand, call) for call in calls])
                except ProviderError as error:
                    step = conversation.throw(error)
                else:
                    step = conversation.send(replies)
        except StopIteration as finished:
            result: T = finished.value
            return result

    async def _reply(self, errand: Errand, call: Call) -> Reply:
        channel = errand.channel
        errand.terms.purse.reserve(channel.price(call.credits))
        headers = {**channel.headers(call)}
        if channel.name in self._fault:
            headers["x-sandbox-fault"] = self._fault[channel.name]
        reply = await _exchanged(self._sandbox, channel, call, headers)
        cost = channel.price(call.charge(reply) if call.credits else 0)
        errand.terms.purse.settle(channel.price(call.credits), cost)
        errand.calls.append(_record(errand, reply, cost))
        error = channel.provider.refusal(call, reply)
        if error is not None:
            raise error
        return reply


def _record(errand: Errand, reply: Reply, cost: MicroUsd) -> CallRecord:
    return CallRecord(
        id=uuid5(errand.conversation, str(len(errand.calls))),
        conversation=errand.conversation,
        provider=errand.channel.name,
        capability=errand.capability,
        attempt=1,
        status=reply.status,
        outcome=OutcomeKind.FOUND,
        cost=cost,
        sent_at=NOW,
        latency=timedelta(0),
        permit_wait=timedelta(0),
    )


async def _exchanged(
    app: ASGIApp, channel: Channel, call: Call, headers: Mapping[str, str]
) -> Reply:
    """The app's reply to one call."""
    start: Message = {}
    body = bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": channel.body(call) or b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        body.extend(message.get("body", b""))

    await app(_scope(channel, call, headers), receive, send)
    return Reply(
        status=start["status"],
        body=bytes(body),
        headers={name.decode().lower(): value.decode() for name, value in start["headers"]},
        received_at=NOW,
    )


def _scope(channel: Channel, call: Call, headers: Mapping[str, str]) -> dict[str, object]:
    url = channel.url(call)
    sent = {"host": urlsplit(url).netloc, **headers}
    if call.json is not None:
        sent["content-type"] = "application/json"
    return {
        "type": "http",
        "http_version": "1.1",
        "method": call.method,
        "scheme": "http",
        "path": urlsplit(url).path,
        "raw_path": urlsplit(url).path.encode(),
        "query_string": urlencode(channel.params(call)).encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        "server": ("sandbox.test", 80),
        "client": ("sandbox.test", 1),
    }
