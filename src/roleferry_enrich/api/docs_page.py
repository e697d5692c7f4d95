"""`/docs`: the OpenAPI document as one page to read, made here, which loads nothing from anywhere.

No script runs on it, so that nothing that got into a description could do harm.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from roleferry_enrich.api.safe_headers import page_headers

Part = Mapping[str, Any]
"""A piece of OpenAPI, which is an open format."""

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
code, pre { font: 14px/1.4 ui-monospace, monospace }
pre { background: #8881; overflow: auto; padding: .75rem }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: 1px solid #8885; padding: .3rem; text-align: left; vertical-align: top }
summary { cursor: pointer; padding: .3rem 0 }
details > div { border-left: 3px solid #8885; padding-left: 1rem }
:root { color-scheme: light dark }
"""
_HEADERS = page_headers(b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode())
_CODE = re.compile(r"`([^`]+)`")


def show_docs(app: FastAPI) -> None:
    """Serve the page, made at the first look at it."""
    pages: list[str] = []

    async def docs(_: Request) -> Response:
        if not pages:
            pages.append(page_of(app.openapi()))
        return HTMLResponse(pages[0], headers=_HEADERS)

    app.add_route("/docs", docs, include_in_schema=False)


def page_of(document: Part) -> str:
    title = escape(document["info"]["title"])
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>",
        f"<meta name=viewport content='width=device-width'><style>{_STYLE}</style>",
        f"<h1>{title} {escape(document['info']['version'])}</h1>",
        _text(document["info"]["description"]),
        "<p>The same for programs: <a href='openapi.json'>openapi.json</a>.",
    ]
    for tag in document["tags"]:
        parts += [f"<h2>{escape(tag['name'])}</h2>", _text(tag["description"])]
        parts += _operations(document["paths"], tag["name"])
    parts += ["<h2>Events</h2>", _text("Sent to your webhook endpoints.")]
    parts += _operations(document.get("webhooks", {}), None)
    parts.append("<h2>Schemas</h2>")
    parts += [_schema(name, it) for name, it in document["components"]["schemas"].items()]
    return "\n".join(parts)


def _operations(paths: Part, tag: str | None) -> Iterator[str]:
    for path, methods in paths.items():
        for method, operation in methods.items():
            if tag is None or tag in operation["tags"]:
                yield _operation(f"{method.upper()} {path}", operation)


def _operation(heading: str, operation: Part) -> str:
    summary = escape(operation.get("summary", ""))
    inside = [_text(operation.get("description", ""))]
    if operation.get("parameters"):
        rows = (
            (it["name"], it["in"], _kind(it["schema"]), it.get("description", ""))
            for it in operation["parameters"]
        )
        inside.append(_table(("parameter", "in", "type", ""), rows))
    if "requestBody" in operation:
        inside += ["<h4>Body</h4>", *_contents(operation["requestBody"]["content"])]
    for status, answer in operation["responses"].items():
        inside.append(f"<h4>{escape(status)} {escape(answer['description'])}</h4>")
        inside += _contents(answer.get("content", {}))
    return _folded(f"<code>{escape(heading)}</code> {summary}", "\n".join(inside))


def _contents(contents: Part) -> Iterator[str]:
    for media_type, content in contents.items():
        yield f"<p>{escape(media_type)}: {_kind(content.get('schema', {}))}"
        shown = [one["value"] for one in content.get("examples", {}).values()]
        shown += [content["example"]] if "example" in content else []
        for example in shown[:1]:
            text = example if isinstance(example, str) else _json(example)
            yield _folded("example", f"<pre>{escape(text)}</pre>")


def _schema(name: str, schema: Part) -> str:
    required = schema.get("required", ())
    rows = (
        (field + ("" if field in required else "?"), _kind(it), it.get("description", ""))
        for field, it in schema.get("properties", {}).items()
    )
    inside = _text(schema.get("description", "")) + _table(("field", "type", ""), rows)
    return _folded(f"<code id='{escape(name)}'>{escape(name)}</code>", inside)


def _kind(schema: Part) -> str:
    """A type in a few letters, as HTML; a `?` at a field says that it may be absent."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f"<a href='#{name}'>{name}</a>"
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return " or ".join(map(_kind, several))
    if "enum" in schema:
        return " or ".join(f"<code>{escape(str(one))}</code>" for one in schema["enum"])
    if "items" in schema:
        return f"list of {_kind(schema['items'])}"
    return escape(str(schema.get("format") or schema.get("type") or "anything"))


def _table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """The last column is prose, the first a name; those between are HTML already."""
    lines = [
        f"<tr><td><code>{escape(first)}</code><td>{'<td>'.join(between)}<td>{_prose(last)}"
        for first, *between, last in rows
    ]
    head = "".join(f"<th>{head}" for head in heads)
    return f"<table><tr>{head}{''.join(lines)}</table>" if lines else ""


def _folded(summary: str, inside: str) -> str:
    return f"<details><summary>{summary}</summary><div>{inside}</div></details>"


def _text(text: str) -> str:
    return "".join(f"<p>{_prose(part)}" for part in text.split("\n\n") if part.strip())


def _prose(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text))


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
