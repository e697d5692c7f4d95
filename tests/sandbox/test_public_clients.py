"""Clients that nobody here wrote, unchanged, against the sandbox: it speaks as the providers do."""

import base64
from collections.abc import Iterator

import anthropic
import companies_house
import httpx
import neverbounce_sdk
import pyhunter
import pytest
import sendgrid
import stripe
from sendgrid.helpers.mail import Mail
from tests.sandbox.server import serving

from roleferry_enrich.sandbox.app import create_sandbox
from roleferry_enrich.sandbox.population import Company, Person, Population, populate

COMPANIES = 60
KEY = "test-key-public-client"


@pytest.fixture(scope="module")
def world() -> Population:
    return populate(7, COMPANIES)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(create_sandbox(companies=COMPANIES, latency=0)) as url:
        yield url


@pytest.fixture(scope="module")
def british(world: Population) -> Company:
    return next(firm for firm in world.companies if firm.country_code == "GB" and firm.number)


class Redirected(httpx.HTTPTransport):
    """Brings a client that knows one host only to the sandbox."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = httpx.URL(url)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        here = self._url.copy_with(raw_path=self._url.raw_path + request.url.raw_path)
        request.url, request.headers["host"] = here, self._url.netloc.decode()
        return super().handle_request(request)


@pytest.fixture
def hunter(url: str) -> pyhunter.PyHunter:
    client = pyhunter.PyHunter(KEY)
    client.base_endpoint = f"{url}/hunter/v2/{{}}"
    return client


def test_pyhunter_searches_a_domain(hunter: pyhunter.PyHunter, world: Population) -> None:
    found = [hunter.domain_search(firm.domain) for firm in world.companies[:10] if firm.domain]
    emails = [row["value"] for answer in found for row in answer["emails"]]
    assert emails
    assert all("@" in email for email in emails)


def test_pyhunter_finds_and_verifies_an_address(
    hunter: pyhunter.PyHunter, world: Population
) -> None:
    email = next(found for person in world.people if (found := _hunters(hunter, person)))
    verdict = hunter.email_verifier(email)
    assert verdict["status"] in {"valid", "invalid", "accept_all", "unknown"}
    assert hunter.account_information()["calls"]["available"] > 0


def _hunters(hunter: pyhunter.PyHunter, person: Person) -> str | None:
    if not person.email:
        return None
    domain = person.email.partition("@")[2]
    names = {"first_name": person.first_name, "last_name": person.last_name}
    email: str | None = hunter.email_finder(domain=domain, **names)[0]
    return email


def test_pyhunter_is_told_of_a_wrong_key(url: str) -> None:
    client = pyhunter.PyHunter("invalid-key")
    client.base_endpoint = f"{url}/hunter/v2/{{}}"
    with pytest.raises(pyhunter.exceptions.HunterApiError):
        client.account_information()


@pytest.fixture
def register(url: str) -> Iterator[companies_house.CompaniesHouse]:
    client = companies_house.CompaniesHouse(KEY, transport=Redirected(f"{url}/companies_house"))
    yield client
    client.close()


def test_companies_house_finds_a_company_and_its_officers(
    register: companies_house.CompaniesHouse, british: Company
) -> None:
    profile = register.company(british.number)
    officers = list(register.iter_officers(british.number))
    assert profile["company_number"] == british.number
    assert officers
    assert all("," in officer["name"] for officer in officers if officer.get("date_of_birth"))
    assert register.rate_limit.limit == 600


def test_companies_house_searches(
    register: companies_house.CompaniesHouse, british: Company
) -> None:
    numbers = [hit["company_number"] for hit in register.iter_search(british.name, limit=20)]
    assert british.number in numbers


def test_companies_house_is_told_that_there_is_no_such_company(
    register: companies_house.CompaniesHouse,
) -> None:
    with pytest.raises(companies_house.NotFound):
        register.company("99999999")


@pytest.fixture
def model(url: str) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(api_key=KEY, base_url=f"{url}/anthropic", max_retries=0) as client:
        yield client


QUESTION = {"role": "user", "content": "How large is this?"}


def test_anthropic_answers_whole(model: anthropic.Anthropic) -> None:
    answer = model.messages.create(model="claude-haiku-4-5", max_tokens=64, messages=[QUESTION])
    assert answer.stop_reason == "end_turn"
    assert answer.content[0].text.startswith("The sandbox was told")
    assert answer.usage.output_tokens > 0


def test_anthropic_streams(model: anthropic.Anthropic) -> None:
    with model.messages.stream(
        model="claude-haiku-4-5", max_tokens=64, messages=[QUESTION]
    ) as stream:
        words = list(stream.text_stream)
        whole = stream.get_final_message()
    assert "".join(words) == whole.content[0].text
    assert whole.stop_reason == "end_turn"


def test_anthropic_is_told_what_is_wrong(url: str, model: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.NotFoundError):
        model.messages.create(model="gpt-none", max_tokens=64, messages=[QUESTION])
    stranger = anthropic.Anthropic(
        api_key="invalid-key", base_url=f"{url}/anthropic", max_retries=0
    )
    with stranger, pytest.raises(anthropic.AuthenticationError):
        stranger.messages.create(model="claude-haiku-4-5", max_tokens=64, messages=[QUESTION])


def test_sendgrid_accepts_a_mail_and_lists_what_bounced(url: str, world: Population) -> None:
    client = sendgrid.SendGridAPIClient(KEY, host=f"{url}/sendgrid")
    strict = next(firm for firm in world.companies if firm.domain and not firm.accepts_all_mail)
    nobody = f"nobody.at.all@{strict.domain}"
    sent = client.send(_mail(nobody))
    bounces = client.client.suppression.bounces.get().to_dict
    assert sent.status_code == 202
    assert sent.headers["X-Message-Id"]
    assert [bounce["email"] for bounce in bounces] == [nobody]
    assert client.client.suppression.bounces._(nobody).delete().status_code == 204
    assert client.client.suppression.bounces.get().to_dict == []


def _mail(recipient: str) -> Mail:
    return Mail("team@ours.test", recipient, "Hello", plain_text_content="Hello there")


@pytest.fixture
def cashier(url: str) -> stripe.StripeClient:
    addresses: stripe._base_address.BaseAddresses = {"api": f"{url}/stripe"}
    return stripe.StripeClient("sk_test_public_client", base_addresses=addresses)


def test_stripe_sells_credits(cashier: stripe.StripeClient) -> None:
    price = {"currency": "usd", "unit_amount": 2500, "product_data": {"name": "Credits"}}
    order = {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 2}],
        "client_reference_id": "account-1",
        "metadata": {"credits": "5000"},
    }
    options = {"idempotency_key": "order-1"}
    session = cashier.v1.checkout.sessions.create(order, options)
    again = cashier.v1.checkout.sessions.create(order, options)
    assert (session.amount_total, session.payment_status) == (5000, "paid")
    assert session.metadata["credits"] == "5000"
    assert again.id == session.id
    assert cashier.v1.checkout.sessions.retrieve(session.id).client_reference_id == "account-1"
    assert cashier.v1.payment_intents.retrieve(session.payment_intent).amount_received == 5000


def test_stripe_is_told_what_is_wrong(cashier: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent"):
        cashier.v1.payment_intents.retrieve("pi_none")
    with pytest.raises(stripe.InvalidRequestError, match="mode"):
        cashier.v1.checkout.sessions.create({})


@pytest.mark.parametrize(
    ("form", "status", "says"),
    [
        ({"from": "team@ours.test", "to": "a@b.test", "text": "Hello"}, 200, "Queued. Thank you."),
        ({"from": "team@ours.test", "to": "a@b.test"}, 400, "Need at least one of"),
        ({"from": "team@ours.test", "to": "nobody", "text": "Hello"}, 400, "not a valid address"),
        ({"to": "a@b.test", "text": "Hello"}, 400, "from parameter is missing"),
    ],
)
def test_mailgun_queues_a_form(url: str, form: dict[str, str], status: int, says: str) -> None:
    answer = httpx.post(f"{url}/mailgun/v3/mg.ours.test/messages", data=form, auth=("api", KEY))
    assert answer.status_code == status
    assert says in answer.json()["message"]


def test_mailgun_greets_who_lost_the_way_and_refuses_who_has_no_key(url: str) -> None:
    basic = base64.b64encode(f"api:{KEY}".encode()).decode()
    lost = httpx.get(f"{url}/mailgun/v4/none", headers={"Authorization": f"Basic {basic}"})
    assert (lost.status_code, lost.text) == (200, "Mailgun Magnificent API")
    assert httpx.get(f"{url}/mailgun/v3/none").status_code == 401


@pytest.fixture
def verifier(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[neverbounce_sdk.NeverBounceAPIClient]:
    monkeypatch.setattr("neverbounce_sdk.utils.API_ROOT", f"{url}/neverbounce")
    with neverbounce_sdk.client(api_key="test-key") as client:
        yield client


def test_neverbounce_checks_one_and_tells_what_is_left(
    verifier: neverbounce_sdk.NeverBounceAPIClient, world: Population
) -> None:
    before = verifier.account_info()["credits_info"]["paid_credits_remaining"]
    checked = verifier.single_check(world.people[0].email, address_info=True, credits_info=True)

    assert checked["result"] == "valid"
    assert checked["address_info"]["original_email"] == world.people[0].email
    assert checked["credits_info"]["paid_credits_remaining"] == before - 1


def test_neverbounce_runs_a_job_and_reads_its_pages(
    verifier: neverbounce_sdk.NeverBounceAPIClient, world: Population
) -> None:
    emails = [person.email for person in world.people if person.email][:25]
    given = [{"id": str(number), "email": email} for number, email in enumerate(emails)]
    job = verifier.jobs_create(given)["job_id"]

    waited = verifier.jobs_status(job)["job_status"]
    verifier.jobs_parse(job, auto_start=True)
    states = [verifier.jobs_status(job)["job_status"] for _ in range(2)]
    results = list(verifier.jobs_results(job_id=job))

    assert (waited, states) == ("uploading", ["running", "complete"])
    assert [row["data"] for row in results] == given
    assert job in {row["id"] for row in verifier.jobs_search()}


def test_neverbounce_is_told_of_a_wrong_key(verifier: neverbounce_sdk.NeverBounceAPIClient) -> None:
    verifier.api_key = "invalid-key"

    with pytest.raises(neverbounce_sdk.AuthFailure):
        verifier.account_info()
