"""Does an answer speak of who was asked? Providers guess, and a wrong person costs most of all.

Strong keys (mailbox, profile, register number, domain) decide alone; where two of them disagree
nothing is believed. Names and companies together must reach `SAME`.
"""

from collections.abc import Iterator
from functools import reduce

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.identifiers import CompanyNumber, Domain
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.normalise.countries import parse_country
from roleferry_enrich.normalise.domains import name_label, parse_domain
from roleferry_enrich.normalise.emails import (
    domain_of,
    identity_key,
    is_free_mail,
    local_part_of,
    parse_email,
)
from roleferry_enrich.normalise.profiles import parse_profile_url
from roleferry_enrich.normalise.registers import is_distinctly_british, parse_company_number
from roleferry_enrich.resolve.comparisons import (
    NAME_ONLY,
    Comparison,
    organisation_name,
)
from roleferry_enrich.resolve.mailbox_spelling import spelling
from roleferry_enrich.resolve.name_alignment import name_words, words_of
from roleferry_enrich.resolve.person_names import words_alike
from roleferry_enrich.resolve.traits import name_of, profile_urls, work_domain

_CONTRADICTED = 0.0
_DECIDED = 1.0
_ANOTHER_NAME = 0.35
_ONE_NAME_COMPANY = 0.85
_OTHER_DOMAIN = 0.4
# Beside the company alone it must stay below `SAME`: a whole team works there.
_UNCLEAR_MAILBOX = 0.5
_SPELT = 0.75


def person_agreement(claim: PersonClaim, keys: Keys) -> Comparison:
    """How surely the claim is about the person asked for."""
    strong = list(_person_keys(claim, keys))
    if any(found.score == _CONTRADICTED for found in strong):
        return Comparison(_CONTRADICTED, _reasons(strong))
    named = _asked_name(claim, keys)
    if strong:
        # A mailbox passes from one holder to the next, so a plainly other name outweighs it.
        if named is not None and named.score < 0.15 and keys.linkedin_url is None:
            return Comparison(_ANOTHER_NAME, (*_reasons(strong), *named.why))
        return Comparison(_DECIDED, _reasons(strong))
    return _by_name_and_company(named, _employer(claim, keys))


def company_agreement(claim: CompanyClaim, keys: Keys) -> Comparison:
    """How surely the claim is about the company asked for."""
    strong = list(_company_keys(claim, keys))
    if any(found.score == _CONTRADICTED for found in strong):
        return Comparison(_CONTRADICTED, _reasons(strong))
    if strong:
        return Comparison(_DECIDED, _reasons(strong))
    named = _asked_company_name(claim, keys)
    asked, said = asked_domain(keys), _domain(claim)
    if asked and said:
        return _other_domain(asked, said, named)
    if named is None:
        return Comparison(0.5, ("nothing in common to compare",))
    score = min(named.score, _ONE_NAME_COMPANY) - _elsewhere(claim, keys)
    return Comparison(max(score, 0.0), named.why)


def asked_domain(keys: Keys) -> Domain | None:
    """The company domain asked for, also through a mailbox only its staff can have."""
    if keys.domain is not None:
        return parse_domain(keys.domain)
    if keys.email is None or is_free_mail(keys.email):
        return None
    return domain_of(keys.email)


def british_number(number: str | None, *hints: str | None) -> CompanyNumber | None:
    """The number, where country, domain or form make it one of the British register."""
    if not number:
        return None
    country, domain, name = hints
    code = parse_country(country) if country else None
    if code not in {None, "GB"}:
        return None
    parsed = parse_company_number(number)
    if parsed is None or code == "GB":
        return parsed
    ends = (name or "").lower().rstrip(". ").endswith((" limited", " ltd", " llp", " plc"))
    clearly = is_distinctly_british(parsed) or (domain or "").endswith(".uk") or ends
    return parsed if clearly and number.strip().upper() == parsed else None


def _reasons(found: list[Comparison]) -> tuple[str, ...]:
    return tuple(reason for comparison in found for reason in comparison.why)


def _person_keys(claim: PersonClaim, keys: Keys) -> Iterator[Comparison]:
    """What each strong key says; silence where either side lacks it."""
    if keys.email is not None:
        asked = identity_key(keys.email)
        said = [parse_email(email.address) for email in claim.emails]
        if any(address is not None and identity_key(address) == asked for address in said):
            yield Comparison(_DECIDED, ("the mailbox asked for",))
    if keys.linkedin_url is not None:
        yield from _profile(parse_profile_url(keys.linkedin_url), claim)


def _profile(asked: str | None, claim: PersonClaim) -> Iterator[Comparison]:
    said = {url for url in profile_urls(claim) if url.startswith("linkedin.com")}
    if asked in said:
        yield Comparison(_DECIDED, ("the profile asked for",))
    elif asked is not None and any(_comparable(asked, url) for url in said):
        yield Comparison(_CONTRADICTED, ("another profile than asked for",))


def _comparable(left: str, right: str) -> bool:
    """LinkedIn's internal id and the chosen address of one profile do not look alike."""
    return (left == left.lower()) == (right == right.lower())


def _asked_name(claim: PersonClaim, keys: Keys) -> Comparison | None:
    """The claim's name against the name asked for, else against what the mailbox spells."""
    name = name_of(claim)
    if name is None:
        return None
    said = words_of(name)
    asked = keys.full_name or " ".join(filter(None, (keys.first_name, keys.last_name)))
    wanted = name_words(asked) if asked else None
    if wanted is not None:
        found = words_alike(said, wanted)
        return Comparison(found.score, (f"name: {found.why}",))
    if keys.email is None:
        return None
    spelt = spelling(local_part_of(keys.email).lower(), said)
    why = "the mailbox tells no name" if spelt is None else "the mailbox against the name"
    return Comparison(_UNCLEAR_MAILBOX if spelt is None else spelt, (why,))


def _employer(claim: PersonClaim, keys: Keys) -> Comparison | None:
    """The claim's company against the one asked for, by whichever both sides know."""
    asked, said = asked_domain(keys), work_domain(claim)
    number = parse_company_number(claim.company_number) if claim.company_number else None
    if number is not None and number == keys.company_number:
        return Comparison(1.0, ("the company's number",))
    if asked and said and asked == said:
        return Comparison(1.0, ("the company's domain",))
    if keys.company_name and claim.company_name:
        found = organisation_name(keys.company_name, claim.company_name)
        return Comparison(min(1.0, found.score / 0.95), (f"company: {found.why[0]}",))
    if asked and said:
        same_label = name_label(asked) == name_label(said)
        return Comparison(0.8 if same_label else 0.1, ("another domain",))
    return None


def _by_name_and_company(named: Comparison | None, employer: Comparison | None) -> Comparison:
    """A name counts in full only beside its company; a company alone is not a person."""
    if named is None:
        return Comparison(0.5, ("no name to compare",))
    if employer is None:
        # Spelt by the mailbox asked for, a name is more than a name.
        most = _SPELT if "mailbox" in named.why[0] else NAME_ONLY
        return Comparison(min(named.score, most), (*named.why, "no company to compare"))
    why = (*named.why, *employer.why)
    if named.score < 0.5:
        return Comparison(round(named.score / 2, 4), why)
    # With its company an abbreviated name is as good as a full one elsewhere.
    lifted = named.score + (1.0 - named.score) * 0.3
    return Comparison(round(lifted * (0.3 + 0.7 * employer.score), 4), why)


def _company_keys(claim: CompanyClaim, keys: Keys) -> Iterator[Comparison]:
    if keys.company_number is not None and claim.company_number:
        country = parse_country(claim.country) if claim.country else None
        said = parse_company_number(claim.company_number)
        if said == keys.company_number:
            yield Comparison(_DECIDED, ("the number asked for",))
        elif country in {None, "GB"} and said is not None:
            yield Comparison(_CONTRADICTED, ("another number than asked for",))
    if (asked := asked_domain(keys)) is not None and asked == _domain(claim):
        yield Comparison(_DECIDED, ("the domain asked for",))
    if keys.company_linkedin_url is not None and claim.linkedin_url:
        said_url = parse_profile_url(claim.linkedin_url, "linkedin_company")
        if said_url == keys.company_linkedin_url and not _is_at_another_domain(claim, keys):
            yield Comparison(_DECIDED, ("the profile asked for",))


def _is_at_another_domain(claim: CompanyClaim, keys: Keys) -> bool:
    """A page that names another's web site may have been taken for this company's by mistake."""
    asked, said = asked_domain(keys), _domain(claim)
    return asked is not None and said is not None and name_label(asked) != name_label(said)


def _domain(claim: CompanyClaim) -> Domain | None:
    return parse_domain(claim.domain) if claim.domain else None


def _asked_company_name(claim: CompanyClaim, keys: Keys) -> Comparison | None:
    """The best of the names the company has or had."""
    if not keys.company_name:
        return None
    names = (claim.name, claim.legal_name, *claim.former_names)
    found = [organisation_name(keys.company_name, name) for name in names if name]
    return reduce(lambda a, b: b if b.score > a.score else a, found) if found else None


def _other_domain(asked: Domain, said: Domain, named: Comparison | None) -> Comparison:
    """`acme.com` and `acme.co.uk` may be one company's; anything else is another's."""
    score = named.score if named else 0.6
    if name_label(asked) == name_label(said):
        return Comparison(round(0.25 + 0.6 * score, 4), ("the domain in another country",))
    return Comparison(min(score, _OTHER_DOMAIN), ("another domain than asked for",))


def _elsewhere(claim: CompanyClaim, keys: Keys) -> float:
    """A namesake in another country is usually another company."""
    said = parse_country(claim.country) if claim.country else None
    return 0.3 if said and keys.country and said != keys.country else 0.0
