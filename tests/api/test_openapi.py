"""The document that clients are generated from says everything, and says it truly."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from roleferry_enrich.api.application import create_api
from roleferry_enrich.domain.webhook_events import EVENTS, Event, EventType
from roleferry_enrich.storage.announcing import body_of

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

DOCUMENT: dict[str, Any] = create_api().openapi()
OPERATIONS = {
    operation["operationId"]: operation
    for path in DOCUMENT["paths"].values()
    for operation in path.values()
}
CONTENTS = [
    pytest.param(content, id=f"{name}-{where}")
    for name, operation in OPERATIONS.items()
    for where, part in [
        *(("request", operation[key]) for key in ("requestBody",) if key in operation),
        *operation["responses"].items(),
    ]
    for content in part.get("content", {}).values()
]
ENRICHES = {"enrichContact", "findExecutives", "enrichCompany"}
POSTS = ENRICHES | {"verifyEmails"}
READS = {
    "getEnrichment",
    "listContacts",
    "getContact",
    "getContactHistory",
    "listCompanyContacts",
    "listProviders",
}
BATCHES = {"createBatch", "enqueueBatch"}
JOBS = {"listJobs", "getJob", "getJobResults", "watchJob", "cancelJob", "retryJob"}
COMPUTES = {"resolveRecords"}
TAKES_IN = {"receiveWebhook", "receiveWebhookByToken"}
WEBHOOKS = {
    "createWebhookEndpoint": {201, 400, 401, 408, 409, 413, 414, 415, 422, 429, 431, 500, 503},
    "listWebhookEndpoints": {200, 400, 401, 413, 414, 422, 429, 431, 500, 503},
    "getWebhookEndpoint": {200, 400, 401, 404, 413, 414, 422, 429, 431, 500, 503},
    "changeWebhookEndpoint": {200, 400, 401, 404, 408, 413, 414, 415, 422, 429, 431, 500, 503},
    "deleteWebhookEndpoint": {204, 400, 401, 404, 413, 414, 422, 429, 431, 500, 503},
    "rotateWebhookSecret": {200, 400, 401, 404, 408, 409, 413, 414, 415, 422, 429, 431, 500, 503},
    "testWebhookEndpoint": {202, 400, 401, 404, 408, 409, 413, 414, 422, 429, 431, 500, 503},
    "listWebhookDeliveries": {200, 400, 401, 404, 413, 414, 422, 429, 431, 500, 503},
    "replayWebhookDelivery": {202, 400, 401, 404, 408, 409, 413, 414, 422, 429, 431, 500, 503},
}
KEYS = {
    "getAccount": {200, 400, 401, 413, 414, 422, 429, 431, 500, 503},
    "listAuditEntries": {200, 400, 401, 413, 414, 422, 429, 431, 500, 503},
    "listKeys": {200, 400, 401, 413, 414, 422, 429, 431, 500, 503},
    "createKey": {201, 400, 401, 408, 409, 413, 414, 415, 422, 429, 431, 500, 503},
    "rotateKey": {200, 400, 401, 404, 408, 409, 413, 414, 415, 422, 429, 431, 500, 503},
    "revokeKey": {204, 400, 401, 404, 413, 414, 422, 429, 431, 500, 503},
}
SUPPRESSIONS = {
    "suppressPerson": {201, 400, 401, 408, 409, 413, 414, 415, 422, 429, 431, 500, 503},
    "listSuppressions": {200, 400, 401, 413, 414, 422, 429, 431, 500, 503},
    "getHandling": {200, 400, 401, 413, 414, 422, 429, 431, 500, 503},
    "putHandling": {200, 400, 401, 408, 413, 414, 415, 422, 429, 431, 500, 503},
    "releaseSuppression": {204, 400, 401, 404, 413, 414, 422, 429, 431, 500, 503},
}
LISTS = {"listContacts", "listProviders"}
BILLING = {
    "getCredits": {200, 400, 401, 413, 414, 422, 429, 431, 500, 503},
    "getUsage": {200, 400, 401, 413, 414, 422, 429, 431, 500, 503},
}
RIGHTS = {
    "erasePerson": {200, 400, 401, 408, 409, 413, 414, 415, 422, 429, 431, 500, 503},
    "listErasures": {200, 400, 401, 413, 414, 422, 429, 431, 500, 503},
    "getErasure": {200, 400, 401, 404, 413, 414, 422, 429, 431, 500, 503},
    "exportPerson": {200, 400, 401, 408, 413, 414, 415, 422, 429, 431, 500, 503},
    "listUnnoticed": {200, 400, 401, 413, 414, 422, 429, 431, 500, 503},
    "markNoticed": {200, 400, 401, 408, 409, 413, 414, 415, 422, 429, 431, 500, 503},
}
NAMED = {**WEBHOOKS, **KEYS, **SUPPRESSIONS, **RIGHTS, **BILLING}
PUBLIC = {"getLiveness", "getReadiness", "getProviderHealth", "getMetrics"}


def statuses(name: str) -> set[int]:
    """Without which comes with a scope: `tests/api/test_scopes.py`."""
    return set(map(int, OPERATIONS[name]["responses"])) - {403}


def test_the_document_is_valid_openapi():
    validate(DOCUMENT)


def test_every_operation_is_there_once():
    every = POSTS | READS | BATCHES | JOBS | COMPUTES | NAMED.keys() | TAKES_IN | PUBLIC
    assert set(OPERATIONS) == every


def test_no_schema_of_the_framework_is_left():
    assert not {"HTTPValidationError", "ValidationError"} & set(DOCUMENT["components"]["schemas"])


@pytest.mark.parametrize("name", sorted(POSTS))
def test_what_costs_money_documents_every_status(name):
    expected = {200, 400, 401, 402, 408, 409, 413, 414, 415, 422, 429, 431, 500, 503}
    assert statuses(name) == expected


@pytest.mark.parametrize("name", sorted(COMPUTES))
def test_what_costs_nothing_documents_no_402(name):
    expected = {200, 400, 401, 408, 413, 414, 415, 422, 429, 431, 500, 503}
    assert statuses(name) == expected


@pytest.mark.parametrize("name", sorted(TAKES_IN))
def test_what_takes_in_documents_every_status(name):
    expected = {200, 400, 401, 404, 408, 413, 414, 415, 431, 500, 503}
    assert statuses(name) == expected


@pytest.mark.parametrize("name", sorted(READS))
def test_what_reads_documents_every_status(name):
    expected = {200, 400, 401, 404, 413, 414, 422, 429, 431, 500, 503}
    expected -= {404} if name in LISTS else set()
    assert statuses(name) == expected


@pytest.mark.parametrize("name", sorted(BATCHES))
def test_what_is_accepted_documents_every_status(name):
    expected = {202, 400, 401, 402, 408, 409, 413, 414, 415, 422, 429, 431, 500, 503}
    assert statuses(name) == expected
    assert {"Location", "Retry-After"} <= OPERATIONS[name]["responses"]["202"]["headers"].keys()


@pytest.mark.parametrize("name", sorted(JOBS))
def test_what_is_about_a_job_documents_every_status(name):
    expected = {200, 400, 401, 404, 413, 414, 422, 429, 431, 500, 503}
    expected -= {404} if name == "listJobs" else set()
    expected |= {408, 409} if name == "retryJob" else set()
    assert statuses(name) == expected


@pytest.mark.parametrize("name", NAMED)
def test_what_is_done_with_an_accounts_own_documents_every_status(name):
    assert statuses(name) == NAMED[name]


@pytest.mark.parametrize("kind", EventType)
def test_every_event_is_shown_as_its_receivers_get_it(kind):
    operation = DOCUMENT["webhooks"][kind.value]["post"]
    content = operation["requestBody"]["content"]["application/json"]
    event = Event(type=kind, key="1", occurred_at=NOW, data=EVENTS[kind].example)
    validator = Draft202012Validator(content["schema"])
    validator.validate(content["examples"]["one"]["value"])
    validator.validate(orjson.loads(body_of(event)))
    assert operation["description"] == EVENTS[kind].description


@pytest.mark.parametrize("name", sorted(POSTS | READS | BATCHES | JOBS | COMPUTES | NAMED.keys()))
def test_what_needs_a_key_says_so(name):
    assert [set(one) for one in OPERATIONS[name]["security"]] == [{"apiKey"}]


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_operation_has_a_summary_and_one_tag_of_ours(operation):
    tags = {tag["name"] for tag in DOCUMENT["tags"]}
    assert operation["summary"]
    assert len(operation["tags"]) == 1
    assert set(operation["tags"]) <= tags


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_refusal_is_a_problem(operation):
    for status, response in operation["responses"].items():
        if status >= "400" and "application/problem+json" in response["content"]:
            schema = response["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}
        elif status >= "400":
            assert (operation["operationId"], status) == ("getReadiness", "503")


@pytest.mark.parametrize("content", CONTENTS)
def test_every_body_has_examples_that_are_valid(content):
    examples = [example["value"] for example in content.get("examples", {}).values()]
    examples += [content["example"]] if "example" in content else []
    assert examples
    schema = {**content["schema"], "components": DOCUMENT["components"]}
    validator = Draft202012Validator(schema)
    for example in examples:
        validator.validate(example)


@pytest.mark.parametrize("name", sorted(ENRICHES | {"getEnrichment"}))
def test_sample_answers_have_their_header_documented(name):
    assert "X-Sample-Data" in OPERATIONS[name]["responses"]["200"]["headers"]
