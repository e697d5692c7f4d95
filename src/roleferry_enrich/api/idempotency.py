"""The `Idempotency-Key` of a request: what makes sending it twice the same as sending it once.

An operation that costs or creates something takes `once: Once` and answers through it. Without a
key that does the work and nothing else; with one, the answer is kept in the transaction of the
work, and given again, byte by byte, to whoever sends the same under the same key.
"""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Annotated, Any, Protocol, TypeVar, cast
from uuid import uuid4

import orjson
from fastapi import Depends, Header, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.accounts.account import Account
from roleferry_enrich.api.callers import Provided, account_of
from roleferry_enrich.api.deeds import deed_of
from roleferry_enrich.api.intake import whole_body
from roleferry_enrich.api.services import Services, Subjects
from roleferry_enrich.errors import Fault, RequestRefused, ServiceUnavailable
from roleferry_enrich.storage.idempotency import About, Claim, KeptAnswer, KeyPlace
from roleferry_enrich.storage.transactions import Alongside

REPLAYED = "Idempotent-Replayed"
_LONGEST = 255
_LARGE_BODY = 64 * 1024
_KEY = re.compile(r"[\x21-\x7e]+")
_OF_THIS_ANSWER = frozenset({"content-length"})
T = TypeVar("T")
REPLAYED_HEADER: Mapping[str, Any] = MappingProxyType(
    {
        REPLAYED: {
            "description": "`true` where this was answered before, to the same Idempotency-Key.",
            "schema": {"type": "string", "enum": ["true"]},
        }
    }
)
"""For the OpenAPI document, an open format."""
T_co = TypeVar("T_co", covariant=True)

Whom = Callable[[T, Subjects], About]
"""Whom an answer is about."""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        # For the document alone: `key_of` refuses in the words of a problem.
        json_schema_extra={"pattern": r"^[\x21-\x7e]{1,255}$"},
        description=(
            "A word of your own, up to 255 visible characters. Sent again with the same body"
            " within 72 hours, the request has no second effect and gets the same answer."
        ),
    ),
]


class Work(Protocol[T_co]):
    """Does what was asked; what `alongside` writes is in the transaction of it, if it has one."""

    def __call__(self, *, alongside: Alongside[T_co] | None) -> Awaitable[T_co]: ...


@dataclass(frozen=True, slots=True)
class _Keyed:
    services: Services
    place: KeyPlace
    fingerprint: bytes


class OnlyOnce:
    """Answers a request once, however often it is sent under one key."""

    def __init__(self, request: Request, keyed: _Keyed | None = None) -> None:
        self._request = request
        self._keyed = keyed

    async def answer(
        self,
        work: Work[T],
        render: Callable[[T], Response],
        about: Whom[T] = lambda *_: About(),
        *,
        in_log: bool = False,
    ) -> Response:
        """`in_log`: it changes the account, and is in the audit log or not done at all.

        Raises what `work` raises, which leaves the key free; InvalidQuery and KeyInUse.
        """
        if in_log:
            work = self._logged(work, render)
        if self._keyed is None:
            return render(await work(alongside=None))
        services, place = self._keyed.services, self._keyed.place
        answers = services.kept_answers
        claim = await answers.claim(place, self._keyed.fingerprint)
        if isinstance(claim, KeptAnswer) and services.subjects.has_any(
            place.account_id, claim.subjects
        ):
            # Whoever may not be told of any more is not told of here either.
            await answers.drop(place)
            claim = await answers.claim(place, self._keyed.fingerprint)
        if isinstance(claim, KeptAnswer):
            return _response(claim)
        try:
            result = await work(alongside=partial(_keep, services, claim, render, about))
        except Exception:
            with suppress(ServiceUnavailable):
                await answers.release(claim)
            raise
        response = render(result)
        # Where it is away, what was done is told all the same; the key ends with its lease.
        with suppress(ServiceUnavailable):
            await answers.settle(claim, _kept(response), about(result, services.subjects))
        return response

    def _logged(self, work: Work[T], render: Callable[[T], Response]) -> Work[T]:
        request, entry_id = self._request, uuid4()
        deed = deed_of(request.scope)
        assert deed is not None, "an operation that changes an account has a caller and a name"
        audit = cast("Services", request.app.state.services).audit

        async def logged(*, alongside: Alongside[T] | None) -> T:
            is_written = False

            async def both(connection: AsyncConnection, result: T) -> None:
                nonlocal is_written
                await audit.write(connection, entry_id, deed, render(result).status_code)
                is_written = True
                if alongside is not None:
                    await alongside(connection, result)

            result = await work(alongside=both)
            if is_written:
                request.state.in_log = True
            return result

        return logged


async def _keep(
    services: Services,
    claim: Claim,
    render: Callable[[T], Response],
    about: Whom[T],
    connection: AsyncConnection,
    result: T,
) -> None:
    whom = about(result, services.subjects)
    await services.kept_answers.keep(connection, claim, _kept(render(result)), whom)


async def once_of(request: Request, services: Provided, key: IdempotencyKey = None) -> OnlyOnce:
    """For FastAPI to inject; raises RequestRefused for a key that cannot be one."""
    return await keyed(request, await account_of(request), services, key)


async def keyed(
    request: Request, caller: Account, services: Services, header: str | None
) -> OnlyOnce:
    key = key_of(header)
    if key is None:
        return OnlyOnce(request)
    operation = f"{request.method} {request.scope['route'].path}"
    place = KeyPlace(caller.id, operation, key)
    return OnlyOnce(request, _Keyed(services, place, await _fingerprint(request, caller)))


async def repeatable(request: Request) -> OnlyOnce:
    return OnlyOnce(request)


Once = Annotated[OnlyOnce, Depends(once_of)]
Repeatable = Annotated[OnlyOnce, Depends(repeatable)]
"""Of a change that is safe to repeat, and so takes no key; it is logged all the same."""


def key_of(header: str | None) -> str | None:
    """The key, with or without the quotes that the draft standard puts around it."""
    if header is None:
        return None
    key = header.strip()
    if len(key) >= 2 and key.startswith('"') and key.endswith('"'):
        key = key[1:-1]
    if len(key) > _LONGEST or not _KEY.fullmatch(key):
        expected = f"must be 1 to {_LONGEST} visible ASCII characters"
        raise RequestRefused(
            "the Idempotency-Key cannot be used",
            faults=(Fault("Idempotency-Key", "invalid_key", expected),),
        )
    return key


async def _fingerprint(request: Request, caller: Account) -> bytes:
    """The same for the same request of whoever may do as much, however its JSON is written."""
    sent = await whole_body(request)
    media_type = request.headers.get("content-type", "")
    place = [request.url.path, request.url.query, media_type, *sorted(caller.scopes)]
    if len(sent) > _LARGE_BODY:
        return await asyncio.to_thread(_digest, place, sent)
    return _digest(place, sent)


def _digest(place: Sequence[str], sent: bytes) -> bytes:
    with suppress(orjson.JSONDecodeError):
        sent = orjson.dumps(orjson.loads(sent), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256("\n".join(place).encode() + b"\n" + sent).digest()


def _kept(response: Response) -> KeptAnswer:
    headers = {n: value for n, value in response.headers.items() if n not in _OF_THIS_ANSWER}
    return KeptAnswer(response.status_code, headers, cast("bytes", response.body))


def _response(kept: KeptAnswer) -> Response:
    return Response(kept.body, kept.status, {**kept.headers, REPLAYED: "true"})
