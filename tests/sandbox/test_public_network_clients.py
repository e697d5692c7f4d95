"""Clients of X, LinkedIn and Facebook that nobody here wrote, unchanged, against the sandbox."""

from collections.abc import Iterator
from typing import Any

import pyfacebook
import pytest
import requests
import tweepy
from linkedin_api.clients.restli.client import RestliClient
from requests.adapters import HTTPAdapter
from tests.sandbox.server import serving

from roleferry_enrich.sandbox.app import create_sandbox
from roleferry_enrich.sandbox.networks import facebook_page, x_handle
from roleferry_enrich.sandbox.population import Company, Population, populate

COMPANIES = 60
TOKEN = "test-token-public-client"


@pytest.fixture(scope="module")
def world() -> Population:
    return populate(7, COMPANIES)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(create_sandbox(companies=COMPANIES, latency=0)) as url:
        yield url


class Detour(HTTPAdapter):
    """Brings a client that knows one host only to the sandbox."""

    def __init__(self, host: str, there: str) -> None:
        super().__init__()
        self._host, self._there = host, there

    # Any: as requests calls it.
    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        assert request.url is not None
        request.url = request.url.replace(self._host, self._there, 1)
        return super().send(request, **options)


def detoured(session: requests.Session, host: str, there: str) -> None:
    session.mount(host, Detour(host, there))


@pytest.fixture
def x(url: str) -> tweepy.Client:
    client = tweepy.Client(TOKEN)
    detoured(client.session, "https://api.twitter.com", f"{url}/x")
    return client


def test_tweepy_reads_the_accounts_of_companies(x: tweepy.Client, world: Population) -> None:
    handles = [x_handle(firm) for firm in world.companies[:20] if firm.domain]
    accounts = x.get_users(usernames=handles, user_fields=["description", "entities"]).data
    assert {account.username.lower() for account in accounts} <= set(handles)
    one = x.get_user(username=accounts[0].username)
    assert one.data.id == accounts[0].id


def test_tweepy_searches_posts_and_is_told_of_a_wrong_token(
    url: str, x: tweepy.Client, world: Population
) -> None:
    handles = [x_handle(firm) for firm in world.companies if firm.domain]
    found = [x.search_recent_tweets(f"from:{handle} -is:retweet").data for handle in handles[:12]]
    assert any(found)
    stranger = tweepy.Client("invalid-token")
    detoured(stranger.session, "https://api.twitter.com", f"{url}/x")
    with pytest.raises(tweepy.Unauthorized):
        stranger.get_user(username=handles[0])


def _known(world: Population) -> Iterator[Company]:
    return (firm for firm in world.companies if firm.linkedin_slug)


def test_the_restli_client_looks_organisations_up(url: str, world: Population) -> None:
    client = RestliClient()
    detoured(client.session, "https://api.linkedin.com", f"{url}/linkedin")
    slugs = [firm.linkedin_slug for firm in _known(world)][:20]
    answers = [_by_vanity_name(client, slug) for slug in slugs]
    named = {element["vanityName"] for answer in answers for element in answer.elements}
    assert named
    assert named <= set(slugs)


# Any: the client's own answer.
def _by_vanity_name(client: RestliClient, slug: str) -> Any:
    return client.finder(
        resource_path="/organizations",
        finder_name="vanityName",
        query_params={"vanityName": slug},
        access_token=TOKEN,
        version_string="202608",
    )


def test_the_restli_client_is_told_of_a_dead_version(url: str) -> None:
    client = RestliClient()
    detoured(client.session, "https://api.linkedin.com", f"{url}/linkedin")
    answer = client.finder(
        resource_path="/organizations",
        finder_name="vanityName",
        query_params={"vanityName": "quillmere"},
        access_token=TOKEN,
        version_string="202001",
    )
    assert answer.status_code == 426


def graph(url: str, token: str = TOKEN) -> pyfacebook.GraphAPI:
    return pyfacebook.GraphAPI(
        access_token=token,
        app_secret="test-secret-public-client",
        version="v26.0",
        base_url=f"{url}/facebook/",
        sleep_on_rate_limit=False,
    )


def test_pyfacebook_reads_pages(url: str, world: Population) -> None:
    client = graph(url)
    page = next(page for firm in world.companies if (page := _page(client, firm)))
    several = client.get_objects(page["id"], fields="id,name")
    assert several[page["id"]]["name"] == page["name"]


def _page(client: pyfacebook.GraphAPI, firm: Company) -> dict[str, Any]:
    try:
        found: dict[str, Any] = client.get_object(facebook_page(firm), fields="id,name,website")
    except pyfacebook.FacebookError:
        return {}
    return found


def test_pyfacebook_is_told_what_is_wrong(url: str) -> None:
    with pytest.raises(pyfacebook.FacebookError, match="access token"):
        graph(url, "invalid-token").get_object("quillmere")
