"""`POST /webhooks/{provider}`: what providers send on their own accord.

The answer comes when it is kept; what it means is found out afterwards, by a worker.
"""

from typing import Any

from fastapi import APIRouter, Request, Response

from roleferry_enrich.api.bodies import media_type_of
from roleferry_enrich.api.callers import Provided
from roleferry_enrich.api.intake import whole_body
from roleferry_enrich.api.refusals import TAKES_IN, documented
from roleferry_enrich.api.responses import JsonAnswer, json_response
from roleferry_enrich.api.schemas.webhooks import WebhookAnswer

router = APIRouter(tags=["intake"], default_response_class=JsonAnswer)


def _path(name: str, description: str, example: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
        "example": example,
    }


# OpenAPI is an open format. Not declared as FastAPI has it, which would read and document what
# it cannot check: the bytes are what is signed, and a name that is none is a path that is none.
_BODY: dict[str, Any] = {
    "required": True,
    "description": "As the sender makes it, signed in its own way.",
    "content": {"application/json": {"schema": {}}},
}
_SENDER = _path("provider", "Who sends: `sendgrid`, `stripe`, ... or `generic`.", "sendgrid")
_APOLLO = _path("provider", "Who sends and signs nothing: `apollo`.", "apollo")
_TOKEN = _path("token", "The secret that is set for it.", "2f9c1e7a5b3d4860a1c2e3f4")


@router.post(
    "/webhooks/{provider}",  # noqa: FAST003 - see _BODY
    operation_id="receiveWebhook",
    summary="Take in what a provider sends",
    response_model=WebhookAnswer,
    response_description="Kept, or known from before",
    responses=documented(TAKES_IN),
    openapi_extra={"parameters": [_SENDER], "requestBody": _BODY},
)
async def receive_webhook(request: Request, services: Provided) -> Response:
    """For providers, who prove themselves by a signature over these very bytes and a recent time.

    Each event is kept once, however often it comes; a repeated one is answered like a new one.
    Where no secret is set for a provider there is nothing at this path.
    """
    sender, token = request.path_params["provider"], request.path_params.get("token")
    services.require_sender(sender, has_token=token is not None)
    media_type_of(request.headers, ("application/json",))
    body = await whole_body(request)
    receipt = await services.receive_webhook(sender, body, request.headers, token)
    return json_response({"events": receipt.events, "new": receipt.new})


@router.post(
    "/webhooks/{provider}/{token}",  # noqa: FAST003 - see _BODY
    operation_id="receiveWebhookByToken",
    summary="Take in what a provider sends to a secret address",
    response_model=WebhookAnswer,
    response_description="Kept, or known from before",
    responses=documented(TAKES_IN),
    openapi_extra={"parameters": [_APOLLO, _TOKEN], "requestBody": _BODY},
)
async def receive_webhook_by_token(request: Request, services: Provided) -> Response:
    """The same for a provider that signs nothing (Apollo): its address ends in the secret."""
    # The server's access log reads this very scope when the answer begins.
    hidden = f"/webhooks/{request.path_params['provider']}/redacted"
    request.scope.update(path=hidden, raw_path=hidden.encode())
    return await receive_webhook(request, services)
