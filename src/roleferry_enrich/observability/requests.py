"""Ties a request to the trace its caller began, in log lines and spans.

Pure ASGI, not Starlette's BaseHTTPMiddleware, which runs the rest in another task: context
variables set there are lost, and a streamed answer is held up. The request's own id is the API's
business (`api/edge.py`).
"""

import re
from secrets import token_hex

import structlog
from opentelemetry.trace import Span, SpanKind, Tracer, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# W3C Trace Context: version, trace, parent and flags; an id of zeros only is none.
_TRACEPARENT = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


class Tracing:
    """Put outermost, so that whatever logs about a request names its trace."""

    def __init__(self, app: ASGIApp, tracer: Tracer | None) -> None:
        """Without a tracer no span is made, and log lines name the trace all the same."""
        self._app = app
        self._tracer = tracer
        self._propagator = TraceContextTextMapPropagator()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._tracer is None:
            # Not `bound_contextvars`, which looks all that is bound over, twice.
            before = structlog.contextvars.bind_contextvars(trace_id=_trace_id(scope))
            try:
                await self._app(scope, receive, send)
            finally:
                structlog.contextvars.reset_contextvars(**before)
            return
        with self._tracer.start_as_current_span(
            _name(scope),
            context=self._propagator.extract(Headers(scope=scope)),
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            trace_id = format_trace_id(span.get_span_context().trace_id)
            with structlog.contextvars.bound_contextvars(trace_id=trace_id):
                await self._app(scope, receive, _describing(span, scope, send))


def _trace_id(scope: Scope) -> str:
    """The caller's, where it is in a readable form; else one of our own."""
    for name, value in scope["headers"]:
        if name == b"traceparent" and (given := _TRACEPARENT.fullmatch(value)):
            return str(given[1], "ascii")
    return token_hex(16)


def _name(scope: Scope) -> str:
    """A method is any word the client likes; a span's name is one of few."""
    return f"http {scope['method'] if scope['method'] in _METHODS else 'other'}"


def _describing(span: Span, scope: Scope, send: Send) -> Send:
    async def describe(message: Message) -> None:
        if message["type"] == "http.response.start":
            _describe(span, scope, message["status"])
        await send(message)

    return describe


def _describe(span: Span, scope: Scope, status: int) -> None:
    """By the route's pattern, known only now: the path itself may name a person."""
    pattern = getattr(scope.get("route"), "path", None)
    if pattern is not None:
        span.update_name(f"{_name(scope)} {pattern}")
        span.set_attribute("http.route", pattern)
    span.set_attribute("http.response.status_code", status)
