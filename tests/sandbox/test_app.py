import json
import time
from importlib import resources

import httpx
import pytest
from tests.sandbox.stub_voice import KEY, TINY, StubVoice

from roleferry_enrich.sandbox.app import create_sandbox

ORLA = "/apollo/v1/person?email=orla.fenwick@quillmere.test"
LIMITED = ORLA.replace("apollo", "clearbit")


async def test_voice_speaks_below_its_name(sandbox):
    answer = await sandbox.get(ORLA, headers=KEY)

    assert answer.json() == {"name": "Orla Fenwick"}


async def test_request_body_reaches_the_voice(sandbox):
    answer = await sandbox.post("/apollo/v1/echo", headers=KEY, json={"a": [1]})

    assert answer.json() == {"a": [1]}


async def test_voice_judges_the_key(sandbox):
    answer = await sandbox.get(LIMITED)

    assert (answer.status_code, answer.json()) == (401, {"error": "who are you"})
    assert answer.headers["x-limit"] == "3"


async def test_unknown_path_of_a_provider_still_has_its_headers(sandbox):
    answer = await sandbox.get("/clearbit/v9/nothing", headers=KEY)

    assert answer.status_code == 404
    assert answer.headers["x-left"] == "2"


async def test_limits_are_kept_and_told(sandbox):
    answers = [await sandbox.get(LIMITED, headers=KEY) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["x-left"] for answer in answers] == ["2", "1", "0", "0"]
    assert 0 < int(answers[3].headers["x-reset"]) - time.time() <= 3_600
    assert answers[3].json()["reset"] == int(answers[3].headers["x-reset"])


async def test_lane_has_a_limit_of_its_own(sandbox):
    posts = [await sandbox.post("/clearbit/v1/echo", headers=KEY, json={}) for _ in range(2)]

    assert [answer.status_code for answer in posts] == [200, 429]
    assert (await sandbox.get(LIMITED, headers=KEY)).headers["x-left"] == "2"


async def test_keys_have_limits_of_their_own(sandbox):
    for _ in range(4):
        await sandbox.get(LIMITED, headers=KEY)

    answer = await sandbox.get(LIMITED, headers={"X-Api-Key": "test-key-other"})

    assert answer.status_code == 200


async def test_provider_without_limits_sends_no_limit_headers(sandbox):
    assert "x-left" not in (await sandbox.get(ORLA, headers=KEY)).headers


async def test_provider_without_a_voice_repeats_its_exchanges(sandbox):
    file = resources.files("roleferry_enrich.sandbox") / "exchanges/hunter.json"
    exchanges = json.loads(file.read_text())["exchanges"]
    call = next(e for e in exchanges if e["expect"]["outcome"] == "found")["calls"][0]
    asked = call["request"]

    answer = await sandbox.get(f"/hunter{asked['path']}", params=asked["params"])

    assert answer.json() == call["reply"]["json"]
    assert (await sandbox.get("/hunter/v2/never-asked")).status_code == 404


async def test_ledger_counts_by_provider_and_key_and_shows_no_key(sandbox):
    for _ in range(2):
        await sandbox.get(ORLA, headers=KEY)
    await sandbox.get(ORLA, headers={"X-Api-Key": "test-key-other"})
    await sandbox.get(ORLA)

    answer = await sandbox.get("/_ledger")

    apollo = answer.json()["providers"]["apollo"]
    assert (apollo["calls"], apollo["statuses"]) == (4, {"200": 3, "401": 1})
    assert apollo["micro_usd"] == 60_000
    assert sorted(entry["calls"] for entry in apollo["keys"].values()) == [1, 1, 2]
    assert "test-key" not in answer.text


async def test_keys_in_bodies_are_told_apart_and_not_shown():
    app, path = create_sandbox(companies=3, latency=0), "/neverbounce/v4.2/account/info"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t.test") as c:
        said = [
            await c.post(path, json={"key": "test-key-one"}),
            await c.post(path, data={"key": "test-key-one"}),
            await c.post(path, json={"key": "test-key-two"}),
            await c.get(path, params={"key": "test-key-two"}),
            await c.post(path, json=["test-key-two"]),
        ]
        ledger = await c.get("/_ledger")

    assert [reply.json()["status"] for reply in said] == ["success"] * 4 + ["general_failure"]
    keys = ledger.json()["providers"]["neverbounce"]["keys"]
    assert sorted(entry["calls"] for entry in keys.values()) == [1, 2, 2]
    assert keys["no-key"]["calls"] == 1
    assert "test-key" not in ledger.text


async def test_ledger_charges_what_the_voice_says_it_charged():
    app = create_sandbox(companies=3, latency=0)
    jobs, asked = "/neverbounce/v4.2/jobs", {"key": "test-key", "input_location": "supplied"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t.test") as c:
        rows = [{"email": f"p{n}@a.test"} for n in range(5)]
        await c.post(f"{jobs}/create", json={**asked, "input": rows, "auto_parse": 1})
        started = await c.post(f"{jobs}/parse", json={**asked, "job_id": 150970, "auto_start": 1})
        await c.post(f"{jobs}/status", json={**asked, "job_id": 150970})
        ledger = (await c.get("/_ledger")).json()["providers"]["neverbounce"]

    assert started.json()["status"] == "success"
    assert ledger["micro_usd"] == 5 * 8_000


async def test_ledger_tells_what_was_posted_where(sandbox):
    await sandbox.get(ORLA, headers=KEY)
    for _ in range(2):
        await sandbox.post("/apollo/api/v1/people/match", json={}, headers=KEY)

    apollo = (await sandbox.get("/_ledger")).json()["providers"]["apollo"]

    assert apollo["paths"] == {"/api/v1/people/match": 2}


async def test_ledger_can_be_started_again(sandbox):
    await sandbox.get(ORLA, headers=KEY)

    assert (await sandbox.delete("/_ledger")).status_code == 204
    assert (await sandbox.get("/_ledger")).json() == {"providers": {}}


async def test_truth_tells_everything(sandbox):
    document = (await sandbox.get("/_truth")).json()

    assert document["total"] == len(document["companies"]) == 40
    first = document["companies"][0]
    assert first["company"]["domain"] == "quillmere.test"
    assert first["people"][0]["email"] == "orla.fenwick@quillmere.test"


@pytest.mark.parametrize("company", ["quillmere.test", "QUILLMERE.test", "0"])
async def test_truth_of_one_company(sandbox, company):
    document = (await sandbox.get("/_truth", params={"company": company})).json()

    assert [row["company"]["id"] for row in document["companies"]] == [0]


async def test_truth_comes_in_pages(sandbox):
    pages = [
        (await sandbox.get("/_truth", params={"page": page, "per_page": 15})).json()["companies"]
        for page in (1, 2, 3, 4)
    ]

    assert [len(page) for page in pages] == [15, 15, 10, 0]
    assert [row["company"]["id"] for page in pages for row in page] == list(range(40))


@pytest.mark.parametrize("query", ["page=0", "page=x", "per_page=-1"])
async def test_page_that_cannot_be_is_refused(sandbox, query):
    assert (await sandbox.get(f"/_truth?{query}")).status_code == 422


async def test_truth_says_which_provider_knows_whom(sandbox):
    document = (await sandbox.get("/_truth/providers")).json()

    quillmere = document["companies"][0]["providers"]
    assert set(quillmere) == {"apollo", "clearbit"}
    assert 0 in quillmere["apollo"]
    assert len(quillmere["apollo"]) > 5
    assert any("clearbit" not in row["providers"] for row in document["companies"])


async def test_health_and_index_say_what_is_there(sandbox):
    health, index = await sandbox.get("/_health"), await sandbox.get("/")

    assert health.json()["status"] == "ok"
    assert health.json()["companies"] == 40
    assert index.json()["providers"]["/apollo"] == "voice"
    assert index.json()["providers"]["/hunter"] == "replay"


async def test_faults_are_planned_listed_and_cleared(sandbox):
    plan = {"provider": "apollo", "fault": "503", "rate": 1.0, "for": 2}

    assert (await sandbox.post("/_faults", json=plan)).status_code == 201
    listed = (await sandbox.get("/_faults")).json()["faults"]
    assert listed["apollo"] | {"kind": "503", "left": 2} == listed["apollo"]
    statuses = [(await sandbox.get(ORLA, headers=KEY)).status_code for _ in range(3)]
    assert statuses == [503, 503, 200]

    await sandbox.post("/_faults", json=plan)
    assert (await sandbox.delete("/_faults", params={"provider": "apollo"})).status_code == 204
    assert (await sandbox.get("/_faults")).json() == {"faults": {}}
    assert (await sandbox.get("/_ledger")).json()["providers"]["apollo"]["faults"] == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"provider": "nobody", "fault": "503"},
        {"provider": "apollo", "fault": "nonsense"},
        {"provider": "apollo", "fault": "503", "rate": 2},
        {"provider": "apollo", "fault": "503", "for": 0},
        {"provider": "apollo", "fault": "slow", "seconds": "long"},
        [],
    ],
)
async def test_fault_that_cannot_be_planned_is_refused(sandbox, body):
    assert (await sandbox.post("/_faults", json=body)).status_code == 422


async def test_unknown_fault_in_the_header_is_refused(sandbox):
    answer = await sandbox.get(ORLA, headers=KEY | {"X-Sandbox-Fault": "nonsense"})

    assert answer.status_code == 400


async def test_limits_can_be_lifted():
    voices = [StubVoice("apollo", TINY)]
    app = create_sandbox(companies=3, latency=0, limits=False, voices=voices)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t.test") as c:
        assert {(await c.get(ORLA, headers=KEY)).status_code for _ in range(9)} == {200}
