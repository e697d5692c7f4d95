"""The `webhooks` of the OpenAPI document: every event as its receivers get it, from the table."""

from typing import Any

from roleferry_enrich.domain.webhook_events import EVENTS, EventKind, EventType, Plain

_MOMENT = "2026-03-02T09:30:00Z"
_HEADERS = {
    "webhook-id": ("The message's name, the same in each attempt: drop what you have.", "evt_1"),
    "webhook-timestamp": ("When this attempt was made, in Unix seconds.", "1772443800"),
    "webhook-signature": ("`v1,` and a signature in base64; several, with spaces.", "v1,c2ln"),
}
_TYPES = {str: "string", int: "integer", bool: "boolean"}


def webhook_section() -> dict[str, Any]:  # OpenAPI is an open format
    return {kind.value: {"post": _operation(kind)} for kind in EventType}


def _operation(kind: EventType) -> dict[str, Any]:
    about = EVENTS[kind]
    content = {"schema": _schema(kind, about), "examples": {"one": _example(kind, about)}}
    return {
        "operationId": "on" + "".join(word.capitalize() for word in kind.value.split(".")),
        "summary": kind.value,
        "description": about.description,
        "tags": ["webhooks"],
        "parameters": [_header(name) for name in _HEADERS],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {
            "2XX": {"description": "It is received, and not sent again."},
            "410": {"description": "The endpoint wants no more messages and is disabled."},
        },
    }


def _header(name: str) -> dict[str, Any]:
    description, example = _HEADERS[name]
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
        "example": example,
    }


def _schema(kind: EventType, about: EventKind) -> dict[str, Any]:
    data = {
        name: _member(value, nullable=name in about.may_be_null)
        for name, value in about.example.items()
    }
    return _object(
        {
            "type": {"const": kind.value},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": _object(data),
        }
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _member(value: Plain, *, nullable: bool) -> dict[str, Any]:
    name = _TYPES[type(value)]  # no example is null
    return {"type": [name, "null"] if nullable else name}


def _example(kind: EventType, about: EventKind) -> dict[str, Any]:
    content = {"type": kind.value, "timestamp": _MOMENT, "data": dict(about.example)}
    return {"summary": kind.value, "value": content}
