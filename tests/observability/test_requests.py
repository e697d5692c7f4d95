from collections.abc import Iterator

import httpx
import pytest
import structlog
from fastapi import FastAPI
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from roleferry_enrich.observability.requests import Tracing
from roleferry_enrich.observability.traces import tracer_of

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def provider(spans: InMemorySpanExporter) -> Iterator[TracerProvider]:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    yield provider
    provider.shutdown()


def app() -> FastAPI:
    app = FastAPI()

    @app.get("/contacts/{name}")
    async def contact(name: str) -> dict[str, object]:
        return structlog.contextvars.get_contextvars()

    return app


async def ask(
    provider: TracerProvider, *, headers: dict[str, str] | None = None, method: str = "GET"
) -> httpx.Response:
    transport = httpx.ASGITransport(Tracing(app(), tracer_of(provider)))
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        return await client.request(method, "/contacts/ada", headers=headers)


async def test_the_callers_trace_goes_on(
    provider: TracerProvider, spans: InMemorySpanExporter
) -> None:
    said = await ask(provider, headers=PARENT)
    assert said.json() == {"trace_id": TRACE}
    (span,) = spans.get_finished_spans()
    assert f"{span.context.trace_id:032x}" == TRACE
    assert f"{span.parent.span_id:016x}" == "b7ad6b7169203331"


@pytest.mark.parametrize("given", [{}, {"traceparent": "00-nonsense"}])
async def test_without_a_readable_one_a_trace_begins(
    provider: TracerProvider, given: dict[str, str]
) -> None:
    trace_id = (await ask(provider, headers=given)).json()["trace_id"]
    assert len(trace_id) == 32
    assert int(trace_id, 16)


async def test_the_callers_trace_is_logged_even_when_nothing_is_recorded() -> None:
    provider = TracerProvider(sampler=ALWAYS_OFF)
    assert (await ask(provider, headers=PARENT)).json()["trace_id"] == TRACE
    provider.shutdown()


async def test_a_span_is_named_by_the_route_never_by_the_path(
    provider: TracerProvider, spans: InMemorySpanExporter
) -> None:
    await ask(provider)
    (span,) = spans.get_finished_spans()
    assert span.name == "http GET /contacts/{name}"
    assert dict(span.attributes) == {
        "http.route": "/contacts/{name}",
        "http.response.status_code": 200,
    }


async def test_a_method_of_the_callers_invention_names_no_span(
    provider: TracerProvider, spans: InMemorySpanExporter
) -> None:
    await ask(provider, method="ADA")
    assert spans.get_finished_spans()[0].name.startswith("http other")


async def test_the_context_ends_with_the_request(provider: TracerProvider) -> None:
    await ask(provider, headers=PARENT)
    assert structlog.contextvars.get_contextvars() == {}


async def test_what_is_no_request_passes_untouched(
    provider: TracerProvider, spans: InMemorySpanExporter
) -> None:
    seen = []

    async def inner(scope, receive, send) -> None:
        seen.append(scope["type"])

    await Tracing(inner, tracer_of(provider))({"type": "lifespan"}, None, None)
    assert seen == ["lifespan"]
    assert spans.get_finished_spans() == ()
