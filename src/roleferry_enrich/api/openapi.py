"""What FastAPI cannot derive for the OpenAPI document: examples, problems and shared headers.

The document is a promise to generated clients, so tests hold it to the code: each operation with
an id, each status with a schema, each example valid.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from pydantic import BaseModel, TypeAdapter

from roleferry_enrich.api import (
    audit_examples,
    billing_examples,
    examples,
    job_examples,
    key_examples,
    rights_examples,
    suppression_examples,
    webhook_examples,
)
from roleferry_enrich.api.accounting import QUOTA_HEADERS
from roleferry_enrich.api.answers.enrichment import SAMPLE_HEADER
from roleferry_enrich.api.idempotency import REPLAYED_HEADER
from roleferry_enrich.api.refusals import documented
from roleferry_enrich.api.schemas.batches import BatchBody
from roleferry_enrich.api.schemas.problem import Problem
from roleferry_enrich.api.webhook_section import webhook_section
from roleferry_enrich.domain.enrichments import Goal

_REQUEST_ID = {
    "X-Request-ID": {
        "description": "The id given in the request's `X-Request-ID`, else a new one.",
        "schema": {"type": "string"},
    }
}
_SAMPLE = {
    SAMPLE_HEADER: {
        "description": "`true` where the answer is invented sample data; absent otherwise.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
_MAY_BE_SAMPLE = frozenset({"enrichContact", "getEnrichment", "findExecutives", "enrichCompany"})
_IDS = {
    "enrichment_id": examples.ENRICHMENT_ID,
    "contact_id": examples.CONTACT_ID,
    "company_id": examples.COMPANY_ID,
    "job_id": job_examples.JOB_ID,
    "key_id": key_examples.KEY_ID,
    "suppression_id": suppression_examples.SUPPRESSION_ID,
    "endpoint_id": webhook_examples.ENDPOINT_ID,
    "delivery_id": webhook_examples.DELIVERY_ID,
    "erasure_id": rights_examples.ERASURE_ID,
}
_SHOWN = (
    examples,
    webhook_examples,
    key_examples,
    rights_examples,
    suppression_examples,
    audit_examples,
    billing_examples,
)
_TEXT_BODIES = frozenset({"createBatch", "enqueueBatch"})
_STREAMS = {"watchJob": "text/event-stream"}
# No type: some readers hold the schema to the whole text, others to each event.
_EVENTS = {"description": "Events, whose data is a `JobData` each."}

Document = dict[str, Any]
"""OpenAPI is an open format: typing it would be writing the specification again."""


def complete(document: Document) -> Document:
    """The document with examples, the problem schema and the headers of every answer."""
    document["components"]["schemas"] |= _schemas(TypeAdapter(Problem)) | _schemas(BatchBody)
    document["webhooks"] = webhook_section()
    answers = {name: told for shown in _SHOWN for name, told in shown.answers().items()}
    requests = {name: told for shown in _SHOWN for name, told in shown.REQUESTS.items()}
    texts = {
        "getJobResults": job_examples.texts(examples.enrichment(Goal.PERSON)),
        "listUnnoticed": rights_examples.texts(),
        "getUsage": billing_examples.texts(),
        "listAuditEntries": audit_examples.texts(),
    }
    for operation in _operations(document):
        name = operation["operationId"]
        _show_scopes(operation)
        _show_request(operation, requests.get(name, {}))
        _show_answer(_success(operation), answers.get(name, {}), texts.get(name, {}))
        for response in operation["responses"].values():
            response["headers"] = {**response.get("headers", {}), **_REQUEST_ID}
            if "429" in operation["responses"]:
                response["headers"] |= QUOTA_HEADERS
        if any(it["name"] == "Idempotency-Key" for it in operation.get("parameters", ())):
            success = _success(operation)
            success["headers"] = {**success["headers"], **REPLAYED_HEADER}
        if name in _STREAMS:
            _success(operation)["content"][_STREAMS[name]]["schema"] = _EVENTS
        if name in _MAY_BE_SAMPLE:
            _success(operation)["headers"] |= _SAMPLE
    return document


def _operations(document: Document) -> Iterator[Document]:
    for path in document["paths"].values():
        yield from path.values()


def _schemas(kind: TypeAdapter[Any] | type[BaseModel]) -> Document:
    """A kind of body that FastAPI does not know of, with all that it is made of."""
    template = "#/components/schemas/{model}"
    if isinstance(kind, TypeAdapter):
        schema = kind.json_schema(ref_template=template)
    else:
        schema = kind.model_json_schema(ref_template=template)
    parts: Document = schema.pop("$defs")
    return {schema["title"]: schema, **parts}


def _show_scopes(operation: Document) -> None:
    """What the key must have been given, in words too, and the refusal of one that has not."""
    scopes = [name for one in operation.get("security", ()) for name in one.get("apiKey", ())]
    if not scopes:
        return
    needed = "Needs the scope " + " and ".join(f"`{scope}`" for scope in scopes) + "."
    operation["description"] = "\n\n".join(filter(None, (operation.get("description"), needed)))
    responses = operation["responses"] | {str(it): told for it, told in documented((403,)).items()}
    operation["responses"] = dict(sorted(responses.items()))


def _success(operation: Document) -> Document:
    """The one answer that is no refusal."""
    success: Document = next(it for code, it in operation["responses"].items() if code < "300")
    return success


def _show_request(operation: Document, bodies: Any) -> None:
    if bodies:
        contents = operation["requestBody"]["content"]
        contents["application/json"]["examples"] = _named(bodies)
        if operation["operationId"] in _TEXT_BODIES:
            for media_type, text in job_examples.TEXTS.items():
                contents[media_type]["example"] = text
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in _IDS:
            parameter["example"] = str(_IDS[parameter["name"]])


def _show_answer(response: Document, bodies: Any, texts: Mapping[str, str]) -> None:
    for media_type, content in response.get("content", {}).items():
        if media_type in texts:
            content["example"] = texts[media_type]
        else:
            content["examples"] = _named(bodies)


def _named(bodies: Any) -> Document:
    # Through JSON, because the answers hold dates and ids.
    plain = orjson.loads(orjson.dumps(bodies, option=orjson.OPT_UTC_Z))
    return {
        name: {"summary": name.replace("_", " ").capitalize(), "value": value}
        for name, value in plain.items()
    }
