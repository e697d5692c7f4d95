"""Texts that are orders elsewhere, through the whole installation: kept and told as they are."""

import json

import pytest

HOSTILE = [
    "'; DROP TABLE contacts; --",
    '"; SELECT pg_sleep(9); --',
    "redis.call('FLUSHALL')",
    "$.members[*] ? (@ > 0)",
    "${jndi:ldap://x.test/a}",
    "%s %n {0} {{7*7}}",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "a\u202ec",
    "\\x1b[2J \\r\\n",
]


def test_h14_hostile_references_are_kept_as_they_are(client, promise):
    items = [{"domain": "quillmere.test", "reference": text} for text in HOSTILE]
    answer = client.post("/enrich/batch", json={"items": items})
    promise.holds_for("createBatch", answer)
    assert answer.json()["errors"] == []
    path = f"/jobs/{answer.json()['job']['id']}"
    assert client.post(f"{path}/cancel").status_code == 200

    results = client.get(f"{path}/results", params={"limit": 100})
    promise.holds_for("getJobResults", results)
    assert [item["reference"] for item in results.json()["items"]] == HOSTILE


@pytest.mark.parametrize("field", ["company_name", "full_name"])
def test_h14_hostile_names_are_asked_for_as_they_are(client, promise, field):
    for text in HOSTILE:
        answer = client.post("/enrich", params={"dry_run": "true"}, json={field: text})
        assert answer.status_code in {200, 422}
        promise.holds_for("enrichContact", answer)


def test_h14_of_what_was_asked_the_log_has_whole_lines_alone(client, installation):
    hostile = 'x\\n{"event": "forged"}'
    for headers in ({"X-Request-ID": hostile}, {"User-Agent": hostile}, {"Idempotency-Key": "é"}):
        raw = {name: value.encode("latin-1") for name, value in headers.items()}
        client.post("/enrich", params={"dry_run": "true"}, json={"domain": "a b"}, headers=raw)

    lines = [line for line in installation.log().splitlines() if line.strip()]
    assert lines
    assert not any(json.loads(line)["event"] == "forged" for line in lines)
