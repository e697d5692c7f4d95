"""LinkedIn: the page of one organisation, by its address or by its staff's mail domain.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations. There is
no search for people and no look-up of a member by name or address: what knows people at LinkedIn is
a closed partner product, and reading its pages is against its terms. So nothing here asks for them.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import unquote

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.identifiers import Domain, ProfileUrl
from roleferry_enrich.domain.queries import CompanyQuery
from roleferry_enrich.errors import (
    ProviderContractChanged,
    ProviderError,
    ProviderQuotaSpent,
    ProviderRateLimited,
    ProviderUnauthorised,
)
from roleferry_enrich.providers.claims.linkedin import company_of
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    Conversation,
    Findings,
    Provider,
    Spec,
    ask,
    offers,
)
from roleferry_enrich.providers.replies import Record, Reply

# Each month has a version, which is switched off about a year later.
_VERSION = "202608"
_UNKNOWN = 404
# The day's quota may be raised at any time, so midnight is not waited for in one go.
_LOOK_AGAIN = timedelta(hours=1)
_HEADERS = (("LinkedIn-Version", _VERSION), ("X-Restli-Protocol-Version", "2.0.0"))


class LinkedIn(Provider):
    spec = Spec(
        name="linkedin",
        title="LinkedIn",
        docs="https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/organization-lookup-api",
        base_url="https://api.linkedin.com",
        authenticate=lambda token: {"Authorization": f"Bearer {token}"},
        notes=(
            "Organisations only: there is no search for people and no look-up of a member.",
            "The key is a member's token of an app approved for Community Management.",
            "The daily quota of a resource is shown in the developer portal only.",
        ),
    )

    @offers(
        ("company_linkedin_url",),
        ("domain",),
        hints=("domain",),
        gives=(
            "company_name",
            "domain",
            "linkedin_url",
            "founded_year",
            "company_size",
            "city",
            "state",
            "country",
        ),
        fresh_for=timedelta(days=30),
    )
    def find_company(self, query: CompanyQuery) -> Conversation[Answer]:
        """By the page first: a mail domain may be shared by a whole group."""
        page, domain = query.keys.company_linkedin_url, query.keys.domain
        companies: tuple[CompanyClaim, ...] = ()
        if page is not None:
            companies = yield from _at(page)
        if not companies and domain is not None:
            companies = yield from _with_mail_at(domain)
        return Findings(companies=companies)

    def refusal(self, call: Call, reply: Reply) -> ProviderError | None:
        """An unknown organisation is an empty list, so a 404 means the resource itself is gone."""
        match reply.status:
            case 426:
                return ProviderContractChanged(f"LinkedIn-Version {_VERSION} is switched off")
            case 404:
                return ProviderContractChanged("status 404: the resource is gone")
            case 403:
                return ProviderUnauthorised("status 403: this app may not read organisations")
            case 429:
                return _too_many(reply)
            case _:
                return super().refusal(call, reply)


def _at(page: ProfileUrl) -> Conversation[tuple[CompanyClaim, ...]]:
    """The organisation of a page; an address may hold its number instead of its name."""
    slug = unquote(page.rpartition("/")[2])
    if not (slug.isascii() and slug.isdigit()):
        return (yield from _search("vanityName", slug))
    call = _call("/rest/organizationsLookup", ids=f"List({slug})")
    body = (yield from ask(call)).record()
    body.require("results")
    found = body.record("results", slug)
    if not found and (why := body.value("errors", slug)) is not None:
        _raise_unless_unknown(why)
    return (company_of(found),) if found else ()


def _with_mail_at(domain: Domain) -> Conversation[tuple[CompanyClaim, ...]]:
    """Where the organisation names no web site, the mail domain it was found by is its domain."""
    return (yield from _search("emailDomain", domain, domain=domain))


def _search(
    finder: str, value: str, *, domain: Domain | None = None
) -> Conversation[tuple[CompanyClaim, ...]]:
    call = _call("/rest/organizations", q=finder, **{finder: value})
    body = (yield from ask(call)).record()
    if not isinstance(body.value("elements"), list):
        raise ProviderContractChanged("elements is not a list")
    return tuple(company_of(row, domain=domain) for row in body.records("elements") if row)


def _call(path: str, **params: str) -> Call:
    return replace(Call.get(path, **params), headers=_HEADERS)


def _raise_unless_unknown(why: object) -> None:
    """A look-up of several may succeed and yet refuse one of them."""
    status = Record(why).integer("status") if isinstance(why, dict) else None
    if status != _UNKNOWN:
        raise ProviderUnauthorised("this app may not read the organisation")


def _too_many(reply: Reply) -> ProviderError:
    """Mostly the day's quota, which ends at midnight in UTC; now and then a burst."""
    wait = reply.retry_after()
    if wait is None and "day limit" in reply.text().lower():
        return ProviderQuotaSpent("the quota of the day", retry_after=_until_midnight(reply))
    return ProviderRateLimited("status 429", retry_after=wait)


def _until_midnight(reply: Reply) -> timedelta:
    now = reply.received_at
    midnight = datetime(now.year, now.month, now.day, tzinfo=now.tzinfo) + timedelta(days=1)
    return min(midnight - now, _LOOK_AGAIN)
