"""JSON answers by orjson: our data is already made of plain types, so nothing is copied first."""

from collections.abc import Mapping
from uuid import UUID

import orjson
from fastapi import Response
from fastapi.responses import JSONResponse


class JsonAnswer(JSONResponse):
    """JSON without a second validation.

    FastAPI's own orjson response is deprecated in favour of rendering by pydantic, which would
    check each answer again.
    """

    def render(self, content: object) -> bytes:
        return content if isinstance(content, bytes) else rendered(content)


def rendered(content: object) -> bytes:
    return orjson.dumps(content, default=_plain, option=orjson.OPT_UTC_Z)


def _plain(value: object) -> str:
    """Asyncpg gives ids as a subclass of UUID, which orjson does not take for one."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in an answer")


def json_response(
    content: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    return JsonAnswer(content, status_code=status, headers=headers)
