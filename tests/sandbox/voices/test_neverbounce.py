"""NeverBounce's voice: what it says, the adapter reads; and what ordinary clients expect of it."""

from collections import Counter

import pytest
from tests.sandbox.voices.small_world import NOW, ORLA, SmallWorld, client_of

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.queries import EmailQuery
from roleferry_enrich.errors import ProviderError, ProviderUnauthorised
from roleferry_enrich.providers.contract import Call
from roleferry_enrich.providers.neverbounce import NeverBounce
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.sandbox.documents.neverbounce import checked
from roleferry_enrich.sandbox.front_desk import CREDITS_HEADER
from roleferry_enrich.sandbox.lenses import lens_for
from roleferry_enrich.sandbox.views import SeededView
from roleferry_enrich.sandbox.voices import neverbounce as voice

PROVIDER = NeverBounce()
KEY = "test-key-neverbounce"


class Mailboxes(SmallWorld):
    """Mail servers that say what the address before the @ begins with."""

    def mailbox(self, email):
        said = email.partition("@")[0].partition(".")[0]
        return said if said in {"valid", "invalid", "accept_all", "unknown"} else "valid"


class Client:
    """One client of one voice: jobs are remembered from call to call."""

    def __init__(self, view=None, key=KEY):
        self._http = client_of(voice, view or Mailboxes())
        self._key = key
        self.credits = Counter()
        self.booked = Counter()

    def post(self, path, **asked):
        reply = self._http.send("POST", f"/v4.2/{path}", json={"key": self._key, **asked})
        self.credits[path] += int(reply.headers[CREDITS_HEADER])
        return reply.json()

    def __call__(self, call: Call) -> Reply:
        assert not call.params
        said = self._http.send(call.method, call.path, json={**call.json, "key": self._key})
        reply = Reply(status=said.status_code, body=said.content, received_at=NOW)
        path = call.path.removeprefix("/v4.2/")
        self.credits[path] += int(said.headers[CREDITS_HEADER])
        self.booked[path] += call.charge(reply)
        return reply


def checked_one(email: str, client: Client | None = None):
    query = EmailQuery(email=Email(email))
    return play(PROVIDER, PROVIDER.verify_email(query), client or Client()).verdicts[0]


@pytest.mark.parametrize(
    ("email", "state", "reason"),
    [
        ("valid.ada@quillmere.test", "valid", "connectable"),
        ("invalid.ada@quillmere.test", "invalid", "has_mx"),
        ("accept_all.ada@quillmere.test", "accept_all", "accept_all"),
        ("unknown.ada@quillmere.test", "unknown", "no_connection"),
        ("ada@throwaway.test", "disposable", "disposable"),
        ("valid.ada@freemail.test", "valid", "webmail"),
        ("info@quillmere.test", "valid", "role"),
        ("valid.ada+news@quillmere.test", "valid", "alias"),
        ("nonsense", "invalid", "bad_syntax"),
    ],
)
def test_the_adapter_reads_every_result(email, state, reason):
    verdict = checked_one(email)

    assert (verdict.address, verdict.deliverability.value) == (email, state)
    assert reason in verdict.reasons


def test_the_population_has_all_five_results(directory):
    view = SeededView(directory, lens_for("neverbounce"))
    people = [person for person in directory.population.people if person.email]

    found = Counter(checked(p.email, view.mailbox(p.email))["result"] for p in people)
    found[checked("x@throwaway.test", view.mailbox("x@throwaway.test"))["result"]] += 1

    assert set(found) == {"valid", "invalid", "catchall", "unknown", "disposable"}
    assert found["valid"] > len(people) / 2
    assert 0 < found["unknown"] < len(people) / 30
    assert checked(people[0].email, view.mailbox(people[0].email))["result"] == "valid"


def test_a_job_verifies_a_thousand_addresses_and_costs_what_single_checks_would():
    kinds = ("valid", "invalid", "accept_all", "unknown")
    queries = tuple(EmailQuery(email=Email(f"{kinds[n % 4]}.p{n}@a.test")) for n in range(1_000))
    client = Client()

    answers = play(PROVIDER, PROVIDER.verify_emails(queries), client)

    assert [answer.verdicts[0].address for answer in answers] == [q.email for q in queries]
    found = Counter(answer.verdicts[0].deliverability for answer in answers)
    assert found[Deliverability.ACCEPT_ALL] == 250
    assert found[Deliverability.UNKNOWN] >= 250
    assert client.credits == client.booked
    assert client.credits["jobs/create"] == 1_000
    assert client.credits.total() == 1_000


def test_single_checks_are_booked_as_they_are_charged():
    client = Client()

    checked_one("valid.ada@quillmere.test", client)

    assert client.credits == client.booked == {"single/check": 1}


def test_a_wrong_key_is_refused_in_a_200():
    with pytest.raises(ProviderUnauthorised):
        checked_one(ORLA.email, Client(key="invalid-key"))
    with pytest.raises(ProviderUnauthorised):
        checked_one(ORLA.email, Client(key=""))


def test_too_many_requests_are_refused_in_a_200():
    refused = voice.throttled(0, 50, 0)
    reply = Reply(status=refused.status_code, body=bytes(refused.body), received_at=NOW)

    error = PROVIDER.refusal(Call.post("/v4.2/jobs/create", {}), reply)

    assert isinstance(error, ProviderError)
    assert (error.outcome, refused.status_code) == ("rate_limited", 200)
    assert voice.limit_headers(1, 50, 0) == {}


@pytest.mark.parametrize("sending", ["query", "form", "json"])
@pytest.mark.parametrize("version", ["v4", "v4.1", "v4.2"])
def test_the_key_and_the_address_may_be_in_the_query_a_form_or_json(version, sending):
    http, path = client_of(voice), f"/{version}/single/check"
    asked = {"key": KEY, "email": ORLA.email, "address_info": 1, "credits_info": 1}

    reply = {
        "query": lambda: http.send("GET", path, params=asked),
        "form": lambda: http.send("POST", path, data=asked),
        "json": lambda: http.send("POST", path, json=asked),
    }[sending]()

    document = reply.json()
    assert (document["status"], document["result"]) == ("success", "valid")
    assert document["address_info"]["original_email"] == ORLA.email
    assert document["address_info"]["tld"] == "test"
    assert document["credits_info"]["paid_credits_used"] == 1


ROWS = [{"email": "valid.a@a.test", "id": 7}, ["invalid.b@a.test", "B"], {"email": "nonsense"}]


def test_a_job_that_nobody_parses_or_starts_waits_for_it():
    client = Client()
    job = client.post("jobs/create", input_location="supplied", input=ROWS)["job_id"]

    before = client.post("jobs/status", job_id=job)
    refused = client.post("jobs/start", job_id=job)
    parsed = client.post("jobs/parse", job_id=job)
    waiting = client.post("jobs/status", job_id=job)
    started = client.post("jobs/start", job_id=str(job))
    running = client.post("jobs/status", job_id=job)
    early = client.post("jobs/results", job_id=job)
    done = client.post("jobs/status", job_id=job)

    assert [s["job_status"] for s in (before, waiting, running, done)] == [
        *("uploading", "waiting", "running", "complete")
    ]
    assert refused["status"] == early["status"] == "general_failure"
    assert parsed["queue_id"] == started["queue_id"]
    assert isinstance(running["percent_complete"], float)
    assert (before["total"]["records"], running["finished_at"]) == (0, None)
    assert (
        done["total"] | {"records": 3, "billable": 2, "bad_syntax": 1, "valid": 1} == done["total"]
    )
    assert client.credits.total() == client.credits["jobs/start"] == 2


def test_results_come_ten_a_page_and_as_filtered():
    client, rows = Client(), [{"email": f"valid.p{n}@a.test"} for n in range(12)]
    given = {"input_location": "supplied", "auto_parse": 1, "auto_start": "true"}
    job = client.post("jobs/create", **given, input=[*rows, rows[0], *ROWS])["job_id"]
    for _ in range(2):
        client.post("jobs/status", job_id=job)

    first = client.post("jobs/results", job_id=job)
    last = client.post("jobs/results", job_id=job, page=2)
    filtered = client.post("jobs/results", job_id=job, valids=0, duplicates=1, items_per_page=1000)

    assert (first["total_results"], first["total_pages"]) == (15, 2)
    assert [len(page["results"]) for page in (first, last)] == [10, 5]
    assert last["results"][2]["data"] == {"email": "valid.a@a.test", "id": "7"}
    assert last["results"][3]["verification"]["result"] == "invalid"
    assert [row["data"]["email"] for row in filtered["results"]] == ["invalid.b@a.test", "nonsense"]
    assert filtered["query"] | {"valids": 0, "page": 1} == filtered["query"]


@pytest.mark.parametrize(
    ("path", "asked", "message"),
    [
        ("single/check", {}, "'email'"),
        ("jobs/create", {"input": [["a@a.test"]]}, "'input_location'"),
        ("jobs/create", {"input_location": "supplied", "input": []}, "no addresses"),
        ("jobs/create", {"input_location": "supplied", "input": "x"}, "no addresses"),
        ("jobs/create", {"input_location": "remote_url", "input": "https://a.test"}, "supplied"),
        ("jobs/status", {}, "'job_id'"),
        ("jobs/status", {"job_id": 1}, "job ID"),
        ("jobs/status", {"job_id": "x"}, "'job_id'"),
        ("jobs/search", {"items_per_page": 1_001}, "items_per_page"),
    ],
)
def test_what_is_wrong_is_said_in_a_200(path, asked, message):
    document = Client().post(path, **asked)

    assert document["status"] == "general_failure"
    assert message in document["message"]


def test_a_body_that_is_not_json_is_refused():
    headers = {"content-type": "application/json"}

    reply = client_of(voice).send("POST", "/v4/single/check", content=b"{", headers=headers)

    assert (reply.status_code, reply.json()["status"]) == (200, "general_failure")


def test_the_account_tells_what_is_left_and_which_jobs_there_are():
    client = Client()
    given = {"input_location": "supplied", "auto_parse": True, "auto_start": True}
    job = client.post("jobs/create", **given, input=ROWS, filename="a.csv")["job_id"]

    account = client.post("account/info")
    listed = client.post("jobs/search", job_status="running")["results"]
    other = client.post("jobs/search", job_status="complete")
    client.post("jobs/delete", job_id=job)

    assert account["credits_info"]["paid_credits_remaining"] == 999_998
    assert account["job_counts"]["processing"] == 1
    assert [(row["id"], row["filename"]) for row in listed] == [(job, "a.csv")]
    assert (other["results"], other["query"]["page"]) == ([], 1)
    assert client.post("jobs/status", job_id=job)["status"] == "general_failure"
