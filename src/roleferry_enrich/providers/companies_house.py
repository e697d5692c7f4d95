"""Companies House: the United Kingdom's register of companies and of those who hold office in them.

https://developer-specs.company-information.service.gov.uk/. The register says who a company is
and who answers for it in law; it has no e-mails, phones, websites, job titles or head counts.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import date, timedelta

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.people import BirthMonth, PersonClaim
from roleferry_enrich.domain.queries import CompanyQuery, Keys
from roleferry_enrich.errors import (
    CallSkipped,
    ProviderContractChanged,
    ProviderError,
    ProviderRateLimited,
)
from roleferry_enrich.providers.claims.officer_names import is_corporate_name, officer_name
from roleferry_enrich.providers.claims.sic_codes import industry_of
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
    ask_all,
    offers,
)
from roleferry_enrich.providers.replies import Record, Reply

_NO_SUCH_COMPANY = 404
_CANDIDATES = 5
_PAGE = 100
_MOST_OFFICERS = 5_000  # the largest partnerships list about 3,000; a larger total is a mistake
_UNITED_KINGDOM = frozenset({"GB", "UK"})
_HOME_JURISDICTIONS = frozenset(
    ["england-wales", "england", "wales", "scotland", "northern-ireland", "united-kingdom"]
)
_FOREIGN = ("FC", "BR", "NF")  # numbers of branches, whose address may be anywhere
_NO_END = date(9999, 1, 1)  # the register writes 9999-12-31 for "no end"


def _basic(key: str) -> Mapping[str, str]:
    """The key is the user name, the password is empty: the colon must stay."""
    return {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}


class CompaniesHouse(Provider):
    spec = Spec(
        name="companies_house",
        title="Companies House",
        docs="https://developer-specs.company-information.service.gov.uk/",
        base_url="https://api.company-information.service.gov.uk",
        authenticate=_basic,
        permits=(Window(600, timedelta(minutes=5)),),
        rate_headers=(RateHeaders("x-ratelimit-remain", "x-ratelimit-reset", "x-ratelimit-limit"),),
        notes=(
            "Free; the key comes from the developer hub.",
            "United Kingdom only. Working round the rate limit gets a key banned.",
        ),
    )

    @offers(
        ("company_number",),
        ("company_name",),
        hints=("country",),
        gives=(
            "company_name",
            "company_number",
            "legal_name",
            "industry",
            "city",
            "state",
            "country",
            "zip_code",
        ),
    )
    def find_company(self, query: CompanyQuery) -> Conversation[Answer]:
        keys = query.keys
        number = register_number(keys.company_number)
        if _elsewhere(keys):
            return Findings()
        if number is not None:
            return (yield from self._profile(number))
        if keys.company_name is not None:
            return (yield from self._candidates(keys.company_name))
        return Findings()

    @offers(
        ("company_number",),
        hints=("country",),
        gives=("full_name", "first_name", "last_name", "country", "role", "appointed_on"),
    )
    def find_people(self, query: CompanyQuery) -> Conversation[Answer]:
        """Everybody who holds or held an office, whatever the limit: the register is free."""
        number = register_number(query.keys.company_number)
        if number is None or _elsewhere(query.keys):
            return Findings()
        first = yield from ask(_officers(number, 0).accepting(_NO_SUCH_COMPANY))
        if first.status == _NO_SUCH_COMPANY:
            return _nothing(first)
        pages, missing = yield from self._further_pages(number, _page(first))
        rows = [row for page in pages for row in page.records("items")]
        people = tuple(_officer(row, number) for row in rows if _is_person(row))
        return Findings(people=people, incomplete=missing)

    def refusal(self, call: Call, reply: Reply) -> ProviderError | None:
        """A 429 lasts until the window ends, which only X-Ratelimit-Reset says."""
        if reply.status != 429:
            return super().refusal(call, reply)
        wait = reply.retry_after() or reply.until("x-ratelimit-reset")
        return ProviderRateLimited("status 429", retry_after=wait)

    def _profile(self, number: str) -> Conversation[Answer]:
        reply = yield from ask(Call.get(f"/company/{number}").accepting(_NO_SUCH_COMPANY))
        if reply.status == _NO_SUCH_COMPANY:
            return _nothing(reply)
        profile = reply.record()
        profile.require("company_name")
        former = (row.text("name") for row in profile.records("previous_company_names"))
        return Findings(
            companies=(
                _company(
                    profile,
                    number=profile.text("company_number") or number,
                    name=profile.text("company_name"),
                    former_names=tuple(name for name in former if name),
                    address=profile.record("registered_office_address"),
                ),
            )
        )

    def _candidates(self, name: str) -> Conversation[Answer]:
        """The best few hits. Which of them is meant is decided with all that is known."""
        reply = yield from ask(Call.get("/search/companies", q=name, items_per_page=_CANDIDATES))
        body = reply.record()
        body.require("items")
        rows = body.records("items")[:_CANDIDATES]
        return Findings(companies=tuple(_candidate(row) for row in rows if row.text("title")))

    def _further_pages(
        self, number: str, first: Record
    ) -> Conversation[tuple[tuple[Record, ...], str | None]]:
        """All pages, and why some are missing. Their number is known, so they are asked at once."""
        total = min(first.integer("total_results") or 0, _MOST_OFFICERS)
        # The size the register says it used: it may allow less than was asked for.
        size = min(max(first.integer("items_per_page") or _PAGE, 1), _PAGE)
        calls = [_officers(number, start) for start in range(size, total, size)]
        if not calls:
            return (first,), None
        try:
            replies = yield from ask_all(*calls)
        except (ProviderError, CallSkipped) as error:
            return (first,), f"only the first {size} officers: {error.__class__.__name__}"
        return (first, *map(_page, replies)), None


def register_number(number: str | None) -> str | None:
    """The number as the register writes it (`445790` is `00445790`), None if it cannot be one.

    Checked before asking, because a malformed number is answered with a 500.
    """
    text = re.sub(r"\s", "", number or "").upper()
    short = re.fullmatch(r"([A-Z]{0,2})(\d{1,8})", text)
    if short:
        prefix, digits = short.groups()
        text = prefix + digits.zfill(8 - len(prefix))
    return text if re.fullmatch(r"[A-Z0-9]{8}", text) else None


def _elsewhere(keys: Keys) -> bool:
    """A number or name of another country's register would find a stranger here."""
    return keys.country is not None and keys.country.upper() not in _UNITED_KINGDOM


def _officers(number: str, start: int) -> Call:
    return Call.get(f"/company/{number}/officers", items_per_page=_PAGE, start_index=start)


def _page(reply: Reply) -> Record:
    body = reply.record()
    body.require("items")
    return body


def _nothing(reply: Reply) -> Findings:
    """A 404 that means "no such company": `message` today, `errors` before, empty from officers.

    Any other 404 is another document at this address, and no statement about a company.
    """
    if reply.body.strip():
        body = reply.record()
        if not {"message", "errors"} & set(body.names()):
            raise ProviderContractChanged("a 404 in neither known shape")
    return Findings()


def _candidate(row: Record) -> CompanyClaim:
    former = row.text("snippet")  # a former name, where that is what matched
    return _company(
        row,
        number=row.text("company_number"),
        name=row.text("title"),
        former_names=(former,) if former else (),
        address=row.record("address"),
    )


def _company(
    data: Record,
    *,
    number: str | None,
    name: str | None,
    former_names: tuple[str, ...],
    address: Record,
) -> CompanyClaim:
    return CompanyClaim(
        reference=number,
        company_number=number,
        name=name,
        legal_name=name,
        former_names=former_names,
        status=data.text("company_status"),
        incorporated_on=data.day("date_of_creation"),
        industry=industry_of(data.texts("sic_codes")),
        street=_street(address),
        city=address.text("locality"),
        state=address.text("region"),
        country=address.text("country") or _home_country(data, number),
        zip_code=address.text("postal_code"),
    )


def _street(address: Record) -> str | None:
    premises, first = address.text("premises"), address.text("address_line_1")
    number_first = premises is not None and premises[-1:].isdigit()
    line = (" " if number_first else ", ").join(part for part in (premises, first) if part)
    return ", ".join(part for part in (line, address.text("address_line_2")) if part) or None


def _home_country(data: Record, number: str | None) -> str | None:
    """A company formed here must have its registered office here, even where no country is said."""
    formed_here = data.text("jurisdiction") in _HOME_JURISDICTIONS
    return "United Kingdom" if formed_here and not (number or "").startswith(_FOREIGN) else None


def _is_person(row: Record) -> bool:
    """Companies also stand under personal roles, so the role alone does not tell."""
    role, name = row.text("officer_role") or "", row.text("name")
    if name is None or role.startswith("corporate-") or row.record("identification"):
        return False
    return not is_corporate_name(name)


def _officer(row: Record, number: str) -> PersonClaim:
    name = officer_name(row.text("name") or "")
    return PersonClaim(
        # One person may have several; no two share one.
        reference=_in_path(
            r"/officers/([^/]+)/appointments", row.text("links", "officer", "appointments")
        ),
        honorific=name.honorific,
        first_name=name.first_name,
        middle_names=name.middle_names,
        last_name=name.last_name,
        birth=_birth(row),
        nationality=row.text("nationality"),
        role=row.text("officer_role"),
        appointed_on=_day(row, "appointed_on"),
        appointed_before=_day(row, "appointed_before"),
        resigned_on=_day(row, "resigned_on"),
        # What the row itself says, lest another company's officers pass for the one asked.
        company_number=_in_path(r"/company/([A-Z0-9]{8})/.*", row.text("links", "self")) or number,
        # The address given is for service, mostly the company's own; this is where one lives.
        country=row.text("country_of_residence"),
    )


def _in_path(pattern: str, path: str | None) -> str | None:
    found = re.fullmatch(pattern, path or "")
    return found[1] if found else None


def _birth(row: Record) -> BirthMonth | None:
    year, month = row.integer("date_of_birth", "year"), row.integer("date_of_birth", "month")
    if year is None or month is None or not 1 <= month <= 12 or not 1850 <= year <= 2100:
        return None
    return BirthMonth(year=year, month=month)


def _day(row: Record, member: str) -> date | None:
    day = row.day(member)
    return day if day is not None and day < _NO_END else None
