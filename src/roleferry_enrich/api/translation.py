"""From a validated body to the question the pipeline is asked.

The only place where HTTP meets `normalise`: from here on every key is in canonical form, so that
equal questions are equal.
"""

from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal

from roleferry_enrich.api.schemas.fields import ENRICHMENT_TYPES, ProvidersChoice, Served
from roleferry_enrich.api.schemas.requests import CompanyBody, EnrichBody, ExecutivesBody
from roleferry_enrich.api.schemas.verification import VerifyBody
from roleferry_enrich.domain.enrichments import PERSON_FIELDS, Goal, Options, Request, Strategy
from roleferry_enrich.domain.identifiers import Domain, Email, MicroUsd, ProfileUrl
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import Confidence
from roleferry_enrich.domain.verification import VerificationRequest
from roleferry_enrich.domain.waterfalls import Waterfall, Waterfalls, waterfalls
from roleferry_enrich.normalise.countries import parse_country
from roleferry_enrich.normalise.domains import parse_domain
from roleferry_enrich.normalise.emails import is_free_mail, parse_email
from roleferry_enrich.normalise.profiles import is_company_page, parse_profile_url
from roleferry_enrich.normalise.reading import Reading

_LINKEDIN = "linkedin.com/"
BUILT_IN_ONLY = waterfalls({})
_ANY_PROVIDER = ProvidersChoice()


def contact_request(
    body: EnrichBody,
    providers: Collection[str],
    named: Waterfalls = BUILT_IN_ONLY,
    *,
    shows_personal: bool,
    deadline: timedelta | None = None,
) -> Request:
    """`shows_personal`: whether the caller is shown, and so pays for, what is somebody's own.

    `deadline` instead of the body's. Both said here, not later: of ten thousand it takes a while.
    """
    reading = Reading()
    email = reading.read("email", body.email, parse_email)
    domain = reading.read("domain", body.domain, parse_domain)
    profile = reading.read("linkedin_url", body.linkedin_url, _parse_linkedin)
    of_company = profile is not None and is_company_page(profile)
    country = reading.read("country", body.country, parse_country)
    keys = Keys(
        email=email,
        full_name=body.full_name or _joined(body.first_name, body.last_name),
        first_name=body.first_name,
        last_name=body.last_name,
        linkedin_url=None if of_company else profile,
        domain=domain or _company_domain(email),
        company_name=body.company_name,
        company_number=reading.company_number(body.company_number, country),
        company_linkedin_url=profile if of_company else None,
        country=country,
    )
    options = _options(
        body, providers, named, reading, shows_personal=shows_personal, deadline=deadline
    )
    wanted = frozenset(body.enrich or PERSON_FIELDS)
    reading.finish()
    return Request(goal=Goal.PERSON, keys=keys, wanted=wanted, options=options)


def executives_request(
    body: ExecutivesBody,
    providers: Collection[str],
    named: Waterfalls = BUILT_IN_ONLY,
    *,
    shows_personal: bool,
) -> Request:
    reading = Reading()
    keys = _company_keys(body, reading)
    options = _options(body, providers, named, reading, shows_personal=shows_personal)
    reading.finish()
    return Request(
        goal=Goal.EXECUTIVES,
        keys=keys,
        limit=body.limit,
        titles=tuple(filter(None, body.titles)),
        known_executives=tuple(filter(None, body.known_executives)),
        options=options,
    )


def company_request(
    body: CompanyBody, providers: Collection[str], named: Waterfalls = BUILT_IN_ONLY
) -> Request:
    reading = Reading()
    keys = _company_keys(body, reading, body.linkedin_url)
    options = _options(body, providers, named, reading)
    wanted = frozenset(body.enrichment_types or ENRICHMENT_TYPES)
    reading.finish()
    return Request(goal=Goal.COMPANY, keys=keys, wanted=wanted, options=options)


def verification_request(body: VerifyBody, verifiers: Collection[str]) -> VerificationRequest:
    reading = Reading()
    choice = body.providers or _ANY_PROVIDER
    if body.providers is not None:
        _check_providers(choice, verifiers, reading)
    reading.finish()
    options = Options(
        strategy=Strategy(body.strategy),
        deadline=timedelta(milliseconds=body.deadline_ms),
        max_cost=None if body.max_cost is None else micro_usd(body.max_cost),
        max_age=None if body.max_age is None else timedelta(seconds=body.max_age),
        include=frozenset(choice.include),
        exclude=frozenset(choice.exclude),
    )
    # Verdicts are remembered by address: no verifier tells two spellings of one apart.
    emails = (parse_email(text) for text in body.emails)
    return VerificationRequest(
        emails=tuple(Email(email.lower()) if email else None for email in emails), options=options
    )


def _joined(first: str | None, last: str | None) -> str | None:
    return f"{first} {last}" if first and last else None


def _company_domain(email: Email | None) -> Domain | None:
    """The company an address speaks for. A free mailbox speaks for nobody."""
    if email is None or is_free_mail(email):
        return None
    return parse_domain(email.rpartition("@")[2])


def _company_keys(
    body: ExecutivesBody | CompanyBody, reading: Reading, page: str | None = None
) -> Keys:
    country = reading.read("country", body.country, parse_country)
    return Keys(
        domain=reading.read("domain", body.domain, parse_domain),
        company_name=body.company_name,
        company_number=reading.company_number(body.company_number, country),
        company_linkedin_url=reading.read("linkedin_url", page, _parse_company_page),
        country=country,
    )


def _parse_company_page(text: str) -> ProfileUrl | None:
    page = parse_profile_url(text)
    return page if page is not None and is_company_page(page) else None


def _parse_linkedin(text: str) -> ProfileUrl | None:
    """Other networks' profiles are read too, but no provider looks a person up by them."""
    profile = parse_profile_url(text)
    return profile if profile is not None and profile.startswith(_LINKEDIN) else None


def _options(
    body: Served,
    providers: Collection[str],
    named: Waterfalls,
    reading: Reading,
    *,
    shows_personal: bool = True,
    deadline: timedelta | None = None,
) -> Options:
    choice = body.providers or _ANY_PROVIDER
    _check_providers(choice, providers, reading)
    return Options(
        strategy=Strategy(body.strategy),
        waterfall=_waterfall(body, named, reading),
        deadline=deadline or timedelta(milliseconds=body.deadline_ms),
        max_cost=None if body.max_cost is None else micro_usd(body.max_cost),
        min_confidence=Confidence(body.min_confidence),
        max_age=None if body.max_age is None else timedelta(seconds=body.max_age),
        include=frozenset(choice.include),
        exclude=frozenset(choice.exclude),
        sample_fallback=body.sample_fallback,
        shows_personal=shows_personal,
    )


def _waterfall(body: Served, named: Waterfalls, reading: Reading) -> Waterfall | None:
    if body.strategy != "waterfall":
        if body.waterfall is not None:
            reading.refuse("waterfall", "not_a_waterfall", "needs the strategy `waterfall`")
        return None
    try:
        return named.meant(body.waterfall)
    except KeyError:
        allowed = "must be one of " + ", ".join(named.named)
        reading.refuse("waterfall", "unknown_waterfall", allowed)
        return None


def _check_providers(choice: ProvidersChoice, known: Collection[str], reading: Reading) -> None:
    for side in ("include", "exclude"):
        for position, name in enumerate(getattr(choice, side)):
            if name not in known:
                allowed = "must be one of " + ", ".join(known)
                reading.refuse(f"providers.{side}[{position}]", "unknown_provider", allowed)
    if not set(choice.include or known) - set(choice.exclude):
        reading.refuse("providers", "none_left", "must leave at least one provider to ask")


def micro_usd(dollars: float) -> MicroUsd:
    """Exact for what has at most six decimals."""
    return MicroUsd(int(Decimal(repr(dollars)) * 1_000_000))
