"""Every operation over real HTTP, held to the document that clients are generated from."""

from uuid import UUID, uuid4

import httpx
import pytest
from tests.e2e.conftest import ORLA, QUILLMERE
from tests.processes import eventually

from roleferry_enrich.providers.catalogue import catalogue

INSTRUMENTS = (
    "roleferry_provider_calls_total",
    "roleferry_provider_latency_seconds_bucket",
    "roleferry_provider_cost_total",
    "roleferry_cache_lookups_total",
    "roleferry_breaker_state",
    "roleferry_limiter_wait_seconds_bucket",
    "roleferry_enrichments_total",
    "roleferry_enrichment_latency_seconds_bucket",
    "roleferry_loop_lag_seconds_bucket",
)

# Fixed, so that every process names the tests alike.
ABSENT = UUID(int=7)


@pytest.fixture(scope="session")
def paths(client, enriched, led) -> dict[str, str]:
    """Of everything that was stored for the account, by operation."""
    path = f"/enrichments/{enriched.json()['meta']['enrichment_id']}"
    # The answer is not held up by a busy database: its ids may be known a moment later.
    assert eventually(lambda: client.get(path).json().get("meta", {}).get("contact_id"))
    meta = client.get(path).json()["meta"]
    paths = {
        "getEnrichment": path,
        "getContact": f"/contacts/{meta['contact_id']}",
        "getContactHistory": f"/contacts/{meta['contact_id']}/history",
        "listCompanyContacts": f"/companies/{meta['company_id']}/contacts",
    }
    assert eventually(lambda: all(client.get(path).is_success for path in paths.values()))
    return paths


def test_the_served_document_is_the_printed_one(client, promise):
    served = client.get("/openapi.json").json()
    operations = {one["operationId"] for path in served["paths"].values() for one in path.values()}
    assert operations == set(promise.operations)


def test_a_contact_is_merged_from_many_providers(enriched, promise):
    promise.holds_for("enrichContact", enriched)
    answer = enriched.json()
    assert enriched.status_code == 200
    assert (answer["full_name"], answer["meta"]["status"]) == ("Orla Fenwick", "complete")
    said = {s["provider"] for known in answer["provenance"].values() for s in known["sources"]}
    assert len(said) >= 4


def test_a_dry_run_asks_nobody_and_leaves_no_trace(client, promise):
    body = {"email": "nobody.planned@quillmere.test", "strategy": "waterfall"}

    def calls() -> list[str]:
        said = client.get("/metrics").text.splitlines()
        counted = ("roleferry_provider_calls_total", "roleferry_enrichments_total")
        return sorted(line for line in said if line.startswith((*counted, "roleferry_cache")))

    before = calls()
    reply = client.post("/enrich?dry_run=true", json=body)

    promise.holds_for("enrichContact", reply)
    plan = reply.json()
    assert plan["dry_run"] is True
    assert plan["cost"]["max_usd"] > plan["cost"]["expected_usd"] > 0
    assert calls() == before


def test_a_named_waterfall_is_followed(client, promise):
    body = {"email": "orla.fenwick@quillmere.test", "strategy": "waterfall", "waterfall": "people"}

    reply = client.post("/enrich", json=body)

    promise.holds_for("enrichContact", reply)
    meta = reply.json()["meta"]
    reasons = {line["provider"]: line["reason"] for line in meta["providers"]}
    assert meta["waterfall"] == "people"
    assert reasons["clearbit"] == reasons["explorium"] == "not_in_waterfall"
    assert set(reasons) == set(catalogue())


def test_records_are_resolved_in_a_process_of_their_own(client, promise):
    record = {"full_name": "Orla Fenwick", **ORLA}
    records = [{**record, "reference": str(n)} for n in range(300)]
    answer = client.post("/resolve", json={"records": [*records, {"full_name": "Bo Cole"}]})
    promise.holds_for("resolveRecords", answer)
    assert answer.status_code == 200
    assert [it["cluster_id"] for it in answer.json()["results"]] == [1] * 300 + [2]
    assert client.post("/resolve", json={"records": [{"orla": 1}]}).status_code == 422


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
def test_addresses_are_verified_and_planned(client, promise, query):
    emails = ["orla.fenwick@quillmere.test", "no address", "info@quillmere.test"]
    body = {"emails": emails, "strategy": "parallel"}
    reply = client.post(f"/emails/verify{query}", json=body)
    promise.holds_for("verifyEmails", reply)
    assert reply.status_code == 200


def test_executives_are_merged_from_many_providers(led, promise):
    promise.holds_for("findExecutives", led)
    answer = led.json()
    assert len(answer["executives"]) >= 5
    assert sum(person["agreeing_sources"] >= 2 for person in answer["executives"]) >= 5


def test_a_company_is_enriched(client, promise):
    reply = client.post("/companies/enrich", json={"domain": "quillmere.test"})
    promise.holds_for("enrichCompany", reply)
    assert reply.json()["firmographics"]["name"] == "Quillmere Instruments"


def test_what_nobody_knows_is_an_answer_and_no_error(client, promise):
    reply = client.post("/enrich", json={"email": "nobody@unheard-of.test", "deadline_ms": 5000})
    promise.holds_for("enrichContact", reply)
    assert reply.status_code == 200
    assert reply.json()["full_name"] is None


def test_a_sample_is_marked_in_body_and_header(client, promise):
    wish = {"email": "nobody@nowhere-at-all.test", "sample_fallback": True}
    wish |= {"providers": {"include": ["clearbit"]}, "max_cost": 0}
    reply = client.post("/enrich", json=wish)
    promise.holds_for("enrichContact", reply)
    assert reply.json()["meta"]["sample"] is True
    assert reply.headers["X-Sample-Data"] == "true"


def test_an_enrichment_is_shown_again_as_given(client, promise, paths, enriched):
    reply = client.get(paths["getEnrichment"])
    promise.holds_for("getEnrichment", reply)
    assert reply.json()["full_name"] == enriched.json()["full_name"]
    assert reply.json()["provenance"].keys() >= enriched.json()["provenance"].keys()


def test_every_kind_of_answer_is_shown_again(client, promise, paths, led):
    reply = client.get(f"/enrichments/{led.json()['meta']['enrichment_id']}")
    promise.holds_for("getEnrichment", reply)
    assert len(reply.json()["executives"]) == len(led.json()["executives"])


def test_the_contact_is_stored(client, promise, paths):
    reply = client.get(paths["getContact"])
    promise.holds_for("getContact", reply)
    assert (reply.status_code, reply.json()["full_name"]) == (200, "Orla Fenwick")


def test_the_contacts_history_tells_what_each_enrichment_changed(client, promise, paths, enriched):
    reply = client.get(paths["getContactHistory"])
    promise.holds_for("getContactHistory", reply)
    changes = reply.json()["items"]
    assert all(change["old"] != change["new"] for change in changes)
    meta = enriched.json()["meta"]
    assert meta["enrichment_id"] in {change["enrichment_id"] for change in changes}


def test_contacts_are_listed_page_by_page(client, promise, paths):
    names, after = [], {}
    for _ in range(100):
        reply = client.get("/contacts", params={"limit": 3, **after})
        promise.holds_for("listContacts", reply)
        names += [item["id"] for item in reply.json()["items"]]
        if reply.json()["next"] is None:
            break
        after = {"after": reply.json()["next"]}
    assert len(names) == len(set(names)) >= 5


def test_a_companys_contacts_are_listed(client, promise, paths):
    reply = client.get(paths["listCompanyContacts"], params={"limit": 100})
    promise.holds_for("listCompanyContacts", reply)
    assert "Orla Fenwick" in {item["full_name"] for item in reply.json()["items"]}


@pytest.mark.parametrize(
    "operation", ["getEnrichment", "getContact", "getContactHistory", "listCompanyContacts"]
)
def test_another_account_finds_nothing(other_client, promise, paths, operation):
    path = paths[operation]
    own, absent = path.split("/")[2], str(uuid4())
    theirs = other_client.get(path, headers={"X-Request-ID": "same"})
    nobodys = other_client.get(path.replace(own, absent), headers={"X-Request-ID": "same"})
    promise.holds_for(operation, theirs)
    assert theirs.status_code == 404
    assert theirs.content == nobodys.content


def test_another_account_lists_nothing(other_client, promise, paths):
    reply = other_client.get("/contacts")
    promise.holds_for("listContacts", reply)
    assert reply.json()["items"] == []


@pytest.mark.parametrize(
    ("operation", "method", "path"),
    [
        ("enrichContact", "POST", "/enrich"),
        ("findExecutives", "POST", "/companies/executives"),
        ("enrichCompany", "POST", "/companies/enrich"),
        ("getEnrichment", "GET", f"/enrichments/{ABSENT}"),
        ("listContacts", "GET", "/contacts"),
        ("getContact", "GET", f"/contacts/{ABSENT}"),
        ("getContactHistory", "GET", f"/contacts/{ABSENT}/history"),
        ("listCompanyContacts", "GET", f"/companies/{ABSENT}/contacts"),
    ],
)
@pytest.mark.parametrize("authorization", [None, "Bearer test-key", "Basic dGVzdDp0ZXN0"])
def test_nothing_is_told_without_a_key(
    installation, promise, operation, method, path, authorization
):
    headers = {"Authorization": authorization} if authorization else {}
    body = {"json": QUILLMERE} if method == "POST" else {}
    reply = httpx.request(method, installation.url + path, headers=headers, **body)
    promise.holds_for(operation, reply)
    assert reply.status_code == 401


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ({"content": b"{}", "headers": {"Content-Type": "text/plain"}}, 415),
        ({"json": {}}, 422),
        ({"json": {"email": "no address"}}, 422),
        ({"json": {**ORLA, "account_id": "x"}}, 422),
        ({"content": b'{"a":"' + b"x" * 3_000_000 + b'"}'}, 413),
    ],
)
def test_every_refusal_is_as_documented(client, promise, request_, status):
    reply = client.post("/enrich", **request_)
    promise.holds_for("enrichContact", reply)
    assert reply.status_code == status


@pytest.mark.parametrize("path", ["/contacts?limit=0", "/contacts?after=invented"])
def test_a_page_that_cannot_be_is_refused(client, promise, path):
    reply = client.get(path)
    promise.holds_for("listContacts", reply)
    assert reply.status_code == 422


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        ("getLiveness", "/health/live"),
        ("getReadiness", "/health/ready"),
        ("getProviderHealth", "/health/providers"),
        ("getMetrics", "/metrics"),
    ],
)
def test_health_needs_no_key(installation, promise, operation, path):
    reply = httpx.get(installation.url + path)
    promise.holds_for(operation, reply)
    assert reply.status_code == 200


def test_every_provider_is_ready(client):
    providers = client.get("/health/providers").json()["providers"]
    assert all(one["enabled"] and one["breaker"] == "closed" for one in providers)
    assert client.get("/health/ready").json()["status"] == "ready"


def test_the_metrics_have_every_instrument(client, enriched, led):
    page = client.get("/metrics").text
    assert not [name for name in INSTRUMENTS if f"\n{name}" not in page]
    assert 'goal="person"' in page
    assert 'provider="companies_house"' in page
