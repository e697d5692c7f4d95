"""How the service is: for orchestrators (live, ready), operators (providers) and Prometheus."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from roleferry_enrich.api.answers.providers import provider_state
from roleferry_enrich.api.callers import Provided
from roleferry_enrich.api.refusals import PUBLIC, documented
from roleferry_enrich.api.responses import JsonAnswer, json_response
from roleferry_enrich.api.schemas.health import (
    Check,
    Liveness,
    ProviderStates,
    Readiness,
)
from roleferry_enrich.domain.health import Health

_UNREADY: Readiness = {
    "status": "unavailable",
    "checks": {
        "database": {"status": "down", "reason": "connection refused"},
        "redis": {"status": "down", "reason": "no answer in 500 ms"},
    },
}

router = APIRouter(tags=["health"], default_response_class=JsonAnswer)


@router.get(
    "/health/live",
    operation_id="getLiveness",
    summary="Is the process alive?",
    response_model=Liveness,
    response_description="It is",
    responses=documented(PUBLIC),
)
async def get_liveness() -> Response:
    """Rests on nothing else, so that a database that is down does not restart every process."""
    return json_response({"status": "alive"})


@router.get(
    "/health/ready",
    operation_id="getReadiness",
    summary="Should requests be sent here?",
    response_model=Readiness,
    response_description="Yes, if perhaps with less comfort (`degraded`)",
    responses={
        503: {
            "model": Readiness,
            "description": "No: PostgreSQL is down",
            "content": {"application/json": {"example": _UNREADY}},
        },
        **documented(PUBLIC),
    },
)
async def get_readiness(services: Provided) -> Response:
    health = await services.health()
    status = 503 if health.database is not None else 200
    return json_response(_readiness(health), status=status)


@router.get(
    "/health/providers",
    operation_id="getProviderHealth",
    summary="How is each provider doing?",
    response_model=ProviderStates,
    response_description="Every provider's state",
    responses=documented(PUBLIC),
)
async def get_provider_health(services: Provided) -> Response:
    health = await services.health()
    return json_response({"providers": [provider_state(provider) for provider in health.providers]})


@router.get(
    "/metrics",
    operation_id="getMetrics",
    summary="Metrics for Prometheus",
    response_class=PlainTextResponse,
    response_description="Prometheus text format",
    responses=documented(PUBLIC),
)
async def get_metrics(request: Request) -> Response:
    text = generate_latest(request.app.state.registry)
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _readiness(health: Health) -> Readiness:
    so_far: Literal["ready", "degraded"] = "ready" if health.redis is None else "degraded"
    return {
        "status": so_far if health.database is None else "unavailable",
        "checks": {"database": _check(health.database), "redis": _check(health.redis)},
    }


def _check(trouble: str | None) -> Check:
    return {"status": "up" if trouble is None else "down", "reason": trouble}
