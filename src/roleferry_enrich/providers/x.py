"""X: a company's account, and its posts of the last week that name known executives.

https://docs.x.com/x-api. Every user and every post that is returned is paid for, so an account is
asked by its handle and never searched for. Searching users by name would need a member's token
anyway; the bearer token of an app, which is what a server has, is refused there.
"""

from datetime import timedelta
from types import MappingProxyType

from roleferry_enrich.domain.identifiers import Domain, MicroUsd, ProfileUrl
from roleferry_enrich.domain.queries import CompanyQuery
from roleferry_enrich.errors import (
    ProviderContractChanged,
    ProviderError,
    ProviderQuotaSpent,
    ProviderRateLimited,
    ProviderRefusedQuery,
    ProviderUnauthorised,
)
from roleferry_enrich.normalise.domains import name_label, parse_domain
from roleferry_enrich.providers.claims.x import company_of, people_named, searchable
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    Conversation,
    Findings,
    Provider,
    RateHeaders,
    Spec,
    Window,
    ask,
    offers,
)
from roleferry_enrich.providers.replies import Record, Reply

_QUARTER = timedelta(minutes=15)
_POST, _USER = 1, 2  # credits: 0.005 and 0.010 USD
_PAGE = 10  # the smallest page of a search
_LONGEST_QUERY = 512
_LONGEST_HANDLE = 15
_SHORTEST_GUESS = 4  # a shorter handle is somebody's initials
_NOT_FOUND = "resource-not-found"
_OUT_OF_MONEY = ("credit", "cap")  # of the problem's title or type
_USER_FIELDS = "name,username,description,entities"
_POST_FIELDS = "created_at,entities,text"


class X(Provider):
    spec = Spec(
        name="x",
        title="X",
        docs="https://docs.x.com/x-api/introduction",
        base_url="https://api.x.com",
        authenticate=lambda token: {"Authorization": f"Bearer {token}"},
        permits=(Window(300, _QUARTER),),
        lanes=MappingProxyType({"search": (Window(450, _QUARTER),)}),
        rate_headers=(
            RateHeaders("x-rate-limit-remaining", "x-rate-limit-reset", "x-rate-limit-limit"),
        ),
        credit_price=MicroUsd(5_000),  # a post read; a user read is two of them
        notes=(
            "The key is an app's bearer token. Each user (2 credits) and post (1) read is paid.",
            "A handle guessed from the domain is believed only if its web site is the domain.",
            "Posts of the company's own account that name executives the caller knows: 7 days.",
        ),
    )

    @offers(
        ("company_twitter_url",),
        ("domain",),
        gives=("company_name", "domain", "twitter_url"),
        credits=_USER,
        fresh_for=timedelta(days=30),
    )
    def find_company(self, query: CompanyQuery) -> Conversation[Answer]:
        """Where the handle is only likely, the account must say that it is the company's."""
        known, domain = _handle(query.keys.company_twitter_url), query.keys.domain
        handle = known or _likely_handle(domain)
        if handle is None:
            return Findings()
        call = Call.get("/2/users/by", usernames=handle, **{"user.fields": _USER_FIELDS})
        reply = yield from ask(call.costing_each(_USER, _users_read))
        accounts, hidden = _read(reply.record())
        companies = tuple(
            company_of(account)
            for account in accounts
            if (account.text("username") or "").lower() == handle.lower()
            and (known or _site(account) == domain)
        )
        return Findings(companies=companies, incomplete=hidden)

    # A page cannot be smaller, and each post on it is paid for.
    @offers(
        ("known_executives", "company_twitter_url"),
        hints=("company_name", "domain"),
        gives=("full_name", "company_name"),
        credits=_PAGE * _POST,
        fresh_for=timedelta(days=1),
    )
    def find_people(self, query: CompanyQuery) -> Conversation[Answer]:
        """Whom the company's own account named of late. What others post proves no employment."""
        search = _search(query)
        call = Call.get(
            "/2/tweets/search/recent",
            query=search,
            max_results=_PAGE,
            **{"tweet.fields": _POST_FIELDS},
        )
        reply = yield from ask(call.costing_each(_PAGE * _POST, _posts_read).in_lane("search"))
        posts, hidden = _read(reply.record())
        people = people_named(query.known_executives, posts, query.keys)
        return Findings(people=people, incomplete=hidden)

    def refusal(self, call: Call, reply: Reply) -> ProviderError | None:
        """A 429 names its end in a header of its own; a 403 may mean the money has run out."""
        match reply.status:
            case 429:
                wait = reply.retry_after() or reply.until("x-rate-limit-reset")
                return ProviderRateLimited("status 429", retry_after=wait)
            case 403 if _is_out_of_money(reply):
                return ProviderQuotaSpent("status 403: the spending limit is reached")
            case 403:
                return ProviderUnauthorised("status 403: the token's kind may not ask this")
            case _:
                return super().refusal(call, reply)


def _handle(url: ProfileUrl | None) -> str | None:
    return url.rpartition("/")[2] if url else None


def _likely_handle(domain: Domain | None) -> str | None:
    """The domain's own label, where it can be a handle and is a word."""
    label = name_label(domain).replace("-", "_") if domain else ""
    fits = _SHORTEST_GUESS <= len(label) <= _LONGEST_HANDLE and not label.startswith("xn__")
    return label if fits else None


def _site(account: Record) -> str | None:
    said = company_of(account).domain
    return parse_domain(said) if said else None


def _search(query: CompanyQuery) -> str:
    """As many of the names as one query holds, each a phrase in the letters X searches by."""
    account = f" from:{_handle(query.keys.company_twitter_url)} -is:retweet"
    named = ""
    for name in query.known_executives:
        phrase = searchable(name)
        longer = f'{named} OR "{phrase}"' if named else f'"{phrase}"'
        if " " in phrase and len(longer) + len(account) + len("()") <= _LONGEST_QUERY:
            named = longer
    if not named:
        raise ProviderRefusedQuery("no name can be written in the letters X searches by")
    return f"({named}){account}"


def _read(body: Record) -> tuple[tuple[Record, ...], str | None]:
    """The rows, and why some may be missing. A 200 can hold refusals beside what was found."""
    rows = body.value("data")
    if rows is None and not (body.record("meta") or body.records("errors")):
        raise ProviderContractChanged("neither data nor a word on its absence")
    if rows is not None and not isinstance(rows, list):
        raise ProviderContractChanged("data is not a list")
    refused = [error for error in body.records("errors") if not _is_unknown(error)]
    return body.records("data"), "X withheld part of the answer" if refused else None


def _is_unknown(error: Record) -> bool:
    return (error.text("type") or "").endswith(_NOT_FOUND)


def _users_read(reply: Reply) -> int:
    return _USER * len(reply.record().records("data")) if reply.status == 200 else 0


def _posts_read(reply: Reply) -> int:
    return _POST * len(reply.record().records("data")) if reply.status == 200 else 0


def _is_out_of_money(reply: Reply) -> bool:
    try:
        problem = reply.record()
    except ProviderContractChanged:
        return False
    said = f"{problem.text('title')} {(problem.text('type') or '').rpartition('/')[2]}".lower()
    return any(word in said for word in _OUT_OF_MONEY)
