"""Routes that know their caller before they read a body, and read it strictly.

FastAPI reads and parses the body before it resolves dependencies, with `json.loads`. A route of
this class authenticates first, so that strangers cannot make us read, and hands FastAPI a body
already parsed by `strict_json`; the pydantic model still validates and documents it.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from roleferry_enrich.api.callers import ApiKey
from roleferry_enrich.api.strict_json import read_object
from roleferry_enrich.errors import MalformedBody, WrongMediaType

Serve = Callable[[Request], Coroutine[Any, Any, Response]]


class StrictRequest(Request):
    """A request whose JSON is an object without surprises."""

    _json: dict[str, object]

    async def json(self) -> dict[str, object]:
        if not hasattr(self, "_json"):
            self._json = read_object(await self._whole_body())
        return self._json

    async def _whole_body(self) -> bytes:
        try:
            return await self.body()
        except ClientDisconnect:
            raise MalformedBody("the body ended early") from None


class StrictRoute(APIRoute):
    def get_route_handler(self) -> Serve:
        serve = super().get_route_handler()
        keys = [d.call for d in self.dependant.dependencies if isinstance(d.call, ApiKey)]
        reads_body = self.body_field is not None

        async def strictly(request: Request) -> Response:
            for key in keys:
                await key(request)
            if not reads_body:
                return await serve(request)
            strict = StrictRequest(request.scope, request.receive)
            _require_json(strict)
            # Read here: what fails inside FastAPI's own reading becomes a bare 400.
            await strict.json()
            return await serve(strict)

        return strictly


def _require_json(request: Request) -> None:
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != "application/json":
        raise WrongMediaType("the Content-Type must be application/json")
    charset = parameters.lower().replace('"', "").replace(" ", "")
    if "charset=" in charset and "charset=utf-8" not in charset:
        raise WrongMediaType("the charset must be UTF-8")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise WrongMediaType("the body must not be compressed")
