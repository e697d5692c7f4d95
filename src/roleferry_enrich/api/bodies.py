"""Routes with a JSON body: they know their caller before they read it, and read it strictly.

FastAPI reads the body before it resolves dependencies, with `json.loads`, and resolves
dependencies anew in every request. A route of this class finds out itself what its operations
need (who asks, what, of which services, since when), in that order, so that strangers cannot make
us read; FastAPI still documents the body, and serves the routes that have none.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import lru_cache
from inspect import get_annotations
from typing import Any, TypeVar, cast
from uuid import UUID

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import ValidationError

from roleferry_enrich.api.callers import ApiKey, came_at, services_behind
from roleferry_enrich.api.dry_runs import dry_run_of
from roleferry_enrich.api.idempotency import OnlyOnce, keyed
from roleferry_enrich.api.intake import whole_body
from roleferry_enrich.api.schemas.fields import Body
from roleferry_enrich.api.strict_json import read_object
from roleferry_enrich.api.violations import faults_of
from roleferry_enrich.errors import Fault, InvalidQuery, WrongMediaType

_JSON = "application/json"
_SHORT_BODY, _LARGE_BODY = 2_000, 64 * 1024
Model = TypeVar("Model", bound=Body)
Serve = Callable[[Request], Coroutine[Any, Any, Response]]
Operation = Callable[..., Coroutine[Any, Any, Response]]


class StrictRoute(APIRoute):
    """A route whose operation, where it has a body, takes `(body, caller, services)`.

    One that has a deadline also takes `came_at`, one that can be planned instead `dry_run`, one
    that must not be done twice `once`, and one that changes something and may be done twice
    `change`.
    Ids of the path follow by name.
    """

    def get_route_handler(self) -> Serve:
        if self.body_field is None:
            return super().get_route_handler()
        model = cast("type[Body]", self.body_field.field_info.annotation)
        operation = cast("Operation", self.endpoint)
        parameters = get_annotations(self.endpoint)
        is_timed, may_be_dry = "came_at" in parameters, "dry_run" in parameters
        may_repeat, counts_once = "change" in parameters, "once" in parameters
        # The very same that FastAPI documents, and asks where there is no body.
        key = cast("ApiKey", parameters["caller"].__metadata__[0].dependency)

        async def strictly(request: Request) -> Response:
            caller = await key(request)
            ids = _ids(request.path_params, parameters)
            media_type_of(request.headers, (_JSON,))
            sent = await whole_body(request)
            # A large one would keep every other request waiting while it is read.
            large = len(sent) > _LARGE_BODY
            body = await asyncio.to_thread(_read, model, sent) if large else _read(model, sent)
            request.scope["state"]["body"] = body
            services = services_behind(request)
            more: dict[str, object] = {**ids}
            if is_timed:
                more["came_at"] = came_at(request)
            if may_be_dry:
                more["dry_run"] = dry_run_of(request)
            if may_repeat:
                more["change"] = OnlyOnce(request)
            if counts_once:
                header = request.headers.get("idempotency-key")
                more["once"] = await keyed(request, caller, services, header)
            return await operation(body, caller, services, **more)

        return strictly


def _ids(path: Mapping[str, str], kinds: Mapping[str, Any]) -> Mapping[str, UUID | str]:
    ids: dict[str, UUID | str] = {}
    for name, text in path.items():
        try:
            ids[name] = UUID(text) if kinds[name] is UUID else text
        except ValueError:
            fault = Fault(name, "wrong_type", "must be a UUID")
            raise InvalidQuery("see `errors`", faults=(fault,)) from None
    return ids


def media_type_of(headers: Mapping[str, str], accepted: Sequence[str]) -> str:
    """Which of those accepted a body is. Raises WrongMediaType."""
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    media_type = media_type.strip().lower()
    if media_type not in accepted:
        raise WrongMediaType("the Content-Type must be " + " or ".join(accepted))
    charset = parameters.lower().replace('"', "").replace(" ", "")
    if "charset=" in charset and "charset=utf-8" not in charset:
        raise WrongMediaType("the charset must be UTF-8")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise WrongMediaType("the body must not be compressed")
    return media_type


def _read(model: type[Body], sent: bytes) -> Body:
    # A question that is asked again is often sent in the very same bytes.
    may_come_again = len(sent) <= _SHORT_BODY and not model.is_secret
    return _read_again(model, sent) if may_come_again else valid(model, read_object(sent))


@lru_cache(maxsize=512)
def _read_again(model: type[Body], sent: bytes) -> Body:
    return valid(model, read_object(sent))


def valid(model: type[Model], document: Mapping[str, object]) -> Model:
    """Raises InvalidQuery naming the fields."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        faults = faults_of([{**one, "loc": ("body", *one["loc"])} for one in errors])
    # Outside the handler, so that no traceback carries the error with what was sent.
    raise InvalidQuery("see `errors`", faults=faults)
