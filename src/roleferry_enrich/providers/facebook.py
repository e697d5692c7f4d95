"""Facebook: a company's page, by its address or by the company's name, checked by its web site.

https://developers.facebook.com/docs/pages-api. Pages say nothing of who leads a company, and pages
that one does not manage may be read only by an app that Meta has reviewed and whose business it has
verified; what comes back without that is an error, never an empty answer.
"""

import re
from datetime import timedelta
from urllib.parse import unquote

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.identifiers import ProfileUrl
from roleferry_enrich.domain.queries import CompanyQuery
from roleferry_enrich.errors import ProviderContractChanged, ProviderError, ProviderRefusedQuery
from roleferry_enrich.providers.claims.facebook import company_of, is_vouched_for
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    Conversation,
    Findings,
    Provider,
    Spec,
    Window,
    ask,
    offers,
)
from roleferry_enrich.providers.graph_api import bearer, error_in, pause_for_usage, proof
from roleferry_enrich.providers.replies import Record, Reply

# An expired version is served by the oldest one left, so this one ages without breaking.
_VERSION = "/v26.0"
_FIELDS = (
    "id,name,username,about,description,website,emails,phone,location,link,founded,"
    "is_verified,verification_status"
)
_SEARCH_FIELDS = "id,name,location,link,verification_status,is_unclaimed"
_CANDIDATES = 5
# Other words in a path are the API's own (`me` is whoever made the token).
_PAGE_NAME = re.compile(r"[A-Za-z0-9.]{5,50}")
_ID_AT_THE_END = re.compile(r"(?:.*-)?(\d{5,20})")


class Facebook(Provider):
    spec = Spec(
        name="facebook",
        title="Facebook Pages",
        docs="https://developers.facebook.com/docs/pages-api/search-pages",
        base_url="https://graph.facebook.com",
        authenticate=bearer,
        sign=proof,
        ease=pause_for_usage,
        permits=(Window(200, timedelta(hours=1)),),
        notes=(
            "Needs App Review for Page Public Metadata Access; pages name no executives.",
            "The key is a token, or `token` + `|` + the app's secret to prove calls with.",
            "The proof travels in the query, its only place; no log, trace or cache key has it.",
            "The limit is for each daily user of the app; from 80 % of it we slow down.",
        ),
    )

    @offers(
        ("company_facebook_url",),
        ("company_name",),
        hints=("company_name",),
        gives=("company_name", "domain", "facebook_url", "phone", "city", "state", "country"),
        fresh_for=timedelta(days=30),
    )
    def find_company(self, query: CompanyQuery) -> Conversation[Answer]:
        """By the page that is known; where that is gone or closed to us, by the name."""
        page, name = _page(query.keys.company_facebook_url), query.keys.company_name
        if page is not None:
            try:
                return Findings(companies=(yield from _read(page)))
            except ProviderRefusedQuery:
                if name is None:
                    raise
        return Findings(companies=(yield from _named(name)) if name else ())

    def refusal(self, call: Call, reply: Reply) -> ProviderError | None:
        """Nearly every error is a status 400; what it means is a number in the body."""
        return None if reply.status in call.accept else error_in(reply)


def _page(url: ProfileUrl | None) -> str | None:
    """The page's name or number; `Acme-Instruments-1234567` is an old form of the number."""
    slug = unquote((url or "").rpartition("/")[2])
    numbered = _ID_AT_THE_END.fullmatch(slug)
    if numbered is not None:
        return numbered[1]
    return slug if _PAGE_NAME.fullmatch(slug) else None


def _read(page: str) -> Conversation[tuple[CompanyClaim, ...]]:
    body = _document((yield from ask(Call.get(f"{_VERSION}/{page}", fields=_FIELDS))))
    body.require("id")
    return (company_of(body),)


def _named(name: str) -> Conversation[tuple[CompanyClaim, ...]]:
    """Pages of that name. Anybody can make one, so it must name its site or be verified."""
    search = Call.get(f"{_VERSION}/pages/search", q=name, fields=_SEARCH_FIELDS, limit=_CANDIDATES)
    found = _document((yield from ask(search)))
    if not isinstance(found.value("data"), list):
        raise ProviderContractChanged("data is not a list")
    rows = found.records("data")[:_CANDIDATES]
    ids = [i for row in rows if (i := row.text("id")) and row.flag("is_unclaimed") is not True]
    if not ids:
        return ()
    pages = _document((yield from ask(_several(ids))))
    if not any(pages.record(number) for number in ids):
        raise ProviderContractChanged("none of the pages asked for")
    candidates = [(number, pages.record(number)) for number in ids]
    return tuple(
        company_of(page)
        for number, page in candidates
        if page.text("id") == number and is_vouched_for(page)
    )


def _several(ids: list[str]) -> Call:
    return Call.get(f"{_VERSION}/", ids=",".join(ids), fields=_FIELDS)


def _document(reply: Reply) -> Record:
    """The body; an error may come with status 200 too."""
    body = reply.record()
    if body.record("error"):
        raise error_in(reply)
    return body
