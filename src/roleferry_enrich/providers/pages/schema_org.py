"""What a site's structured data says of the organisation behind it and of its staff.

A schema.org Person is anyone: a guest author, a reviewer, a former student, a founder's child.
Only those count whom the data ties to this organisation, or who stand on its team page.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.providers.pages.contact_points import (
    company_profiles,
    emails,
    person_profiles,
    phones,
)
from roleferry_enrich.providers.pages.documents import Page, Topic
from roleferry_enrich.providers.pages.linked_data import linked_data
from roleferry_enrich.providers.pages.links import belongs_to
from roleferry_enrich.providers.pages.microdata import microdata
from roleferry_enrich.providers.pages.things import Graph, Occurrence, Thing
from roleferry_enrich.providers.pages.vocabulary import word_set
from roleferry_enrich.providers.pages.wording import read_name, words_of

_ORGANISATION = re.compile(
    r"organi[sz]ation|corporation|business|company|agency|office|service$|store$|ngo|airline"
    r"|consortium|school|university|hospital|restaurant|hotel|bank|dentist|attorney|notary"
)
# Where an organisation stands in another thing and is still the one behind the site.
_OWN_PLACES = frozenset({None, "publisher", "mainentity", "about", "copyrightholder", "ispartof"})
_STAFF = ("employee", "employees", "founder", "founders", "member", "members")
# Where a person stands on a team page as part of the list.
_LISTED = frozenset({None, "itemlistelement", "item", "mainentity", "about", "haspart"})
_WRITERS = frozenset(
    {"author", "creator", "contributor", "editor", "reviewedby", "accountableperson"}
)
_LEGAL_FORM = word_set("limited ltd plc llp llc inc gmbh ag sa sas bv ab the")


class SiteData:
    """The structured data of a page, read for one domain."""

    def __init__(self, page: Page, domain: str) -> None:
        things = linked_data(page.tree) + microdata(page.tree, f"https://{page.host}{page.path}")
        self.graph = Graph(things)
        self._topic = page.topic
        self._domain = domain
        self.organisation = self._organisation()

    def _organisation(self) -> Thing | None:
        """The organisation whose site this is: it says so by its URL, or it is the only one."""
        candidates = [o.thing for o in self.graph.occurrences if self._may_be_ours(o)]
        at_home = [thing for thing in candidates if self._is_here(thing)]
        if at_home:
            return at_home[0]
        names = {company_key(thing.text("name") or "") for thing in candidates}
        return candidates[0] if len(names) == 1 else None

    def _may_be_ours(self, found: Occurrence) -> bool:
        thing = found.thing
        if found.via not in _OWN_PLACES or not any(map(_ORGANISATION.search, thing.types)):
            return False
        address = thing.text("url") or thing.identity
        return self._is_here(thing) or not (address and address.startswith("http"))

    def _is_here(self, thing: Thing) -> bool:
        addresses = (*thing.texts("url"), thing.identity or "")
        return any(belongs_to(_host(address), self._domain) for address in addresses)

    def staff(self, company_names: frozenset[str]) -> Iterator[PersonClaim]:
        """The people whom the data puts on the staff; `company_names` as `words_of` joins them."""
        writers = {id(o.thing) for o in self.graph.occurrences if o.via in _WRITERS}
        for found in self.graph.occurrences:
            if "person" not in found.thing.types:
                continue
            if self._is_staff(found, company_names, is_writer=id(found.thing) in writers):
                claim = _person(self.graph, found, self._domain)
                if claim is not None:
                    yield claim

    def _is_staff(
        self, found: Occurrence, company_names: frozenset[str], *, is_writer: bool
    ) -> bool:
        works_here = self._works_here(found.thing, company_names)
        if works_here is not None:
            return works_here
        if self._is_held_by_us(found, company_names):
            return True
        on_team_page = self._topic is Topic.PEOPLE and found.via in _LISTED
        return on_team_page and not is_writer

    def _works_here(self, person: Thing, company_names: frozenset[str]) -> bool | None:
        """Whether `worksFor` names this organisation; None where it is silent."""
        employers = [
            _through_role(self.graph, value, "worksfor")
            for value in person.properties.get("worksfor", ())
        ]
        if not employers:
            return None
        return any(self._is_us(employer, company_names) for employer in employers)

    def _is_held_by_us(self, found: Occurrence, company_names: frozenset[str]) -> bool:
        holder, via = found.holder, found.via
        if holder is not None and _is_role(holder):
            above = self.graph.place_of(holder)
            holder, via = (above.holder, above.via) if above else (None, None)
        return holder is not None and via in _STAFF and self._is_us(holder, company_names)

    def _is_us(self, organisation: str | Thing, company_names: frozenset[str]) -> bool:
        if isinstance(organisation, str):
            host = _host(organisation)
            return belongs_to(host, self._domain) or company_key(organisation) in company_names
        names = (organisation.text(n) for n in ("name", "legalname", "alternatename"))
        known = any(company_key(name) in company_names for name in names if name)
        return known or self._is_here(organisation) or organisation is self.organisation


def company_key(name: str) -> str:
    """A company's name without its legal form, to compare what one site says in two places."""
    return " ".join(word for word in words_of(name) if word not in _LEGAL_FORM)


def _is_role(thing: Thing) -> bool:
    return any(name.endswith("role") for name in thing.types)


def _through_role(graph: Graph, value: str | Thing, name: str) -> str | Thing:
    """What a Role wraps: schema.org repeats the property inside it."""
    if isinstance(value, str):
        return value
    thing = graph.resolved(value)
    wrapped = thing.properties.get(name, ()) if _is_role(thing) else ()
    return _through_role(graph, wrapped[0], "") if wrapped else thing


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removesuffix(".")
    except ValueError:
        return ""


def _person(graph: Graph, found: Occurrence, domain: str) -> PersonClaim | None:
    thing = found.thing
    given, family = thing.text("givenname"), thing.text("familyname")
    name = thing.text("name") or " ".join(part for part in (given, family) if part)
    read = read_name(name)
    if read is None:
        return None
    honorific, full_name = read
    profiles = person_profiles(thing.texts("sameas"))
    employer = next(graph.things(thing, "worksfor"), None)
    return PersonClaim(
        full_name=full_name,
        honorific=thing.text("honorificprefix") or honorific,
        first_name=given,
        last_name=family,
        title=thing.text("jobtitle") or _role_name(found) or _role_name_of(employer),
        company_domain=domain,
        linkedin_url=profiles.linkedin,
        twitter_url=profiles.twitter,
        emails=emails(thing.texts("email"), domain),
        phones=phones(thing.texts("telephone")),
    )


def _role_name(found: Occurrence) -> str | None:
    return _role_name_of(found.holder)


def _role_name_of(thing: Thing | None) -> str | None:
    if thing is None or not _is_role(thing):
        return None
    return thing.text("rolename") or thing.text("namedposition")


def company_of(graph: Graph, thing: Thing, domain: str) -> CompanyClaim:
    """What the data says of the organisation itself."""
    place = next(graph.things(thing, "address"), None)
    contact = next(graph.things(thing, "contactpoint"), None)
    profiles = company_profiles(thing.texts("sameas"))
    fewest, most = _employees(graph, thing)
    return CompanyClaim(
        name=thing.text("name") or thing.text("alternatename"),
        legal_name=thing.text("legalname"),
        domain=domain,
        description=thing.text("description"),
        founded_year=_year(thing.text("foundingdate")),
        employees=fewest if fewest == most else None,
        employees_range=f"{fewest}-{most}" if fewest != most else None,
        street=_of(place, "streetaddress") or next(iter(thing.texts("address")), None),
        city=_of(place, "addresslocality"),
        state=_of(place, "addressregion"),
        country=_of(place, "addresscountry"),
        zip_code=_of(place, "postalcode"),
        phone=thing.text("telephone") or _of(contact, "telephone"),
        email=_without_scheme(thing.text("email") or _of(contact, "email")),
        linkedin_url=profiles.linkedin,
        twitter_url=profiles.twitter,
        facebook_url=profiles.facebook,
    )


def _of(thing: Thing | None, name: str) -> str | None:
    return thing.text(name) if thing is not None else None


def _without_scheme(email: str | None) -> str | None:
    return email.removeprefix("mailto:").split("?")[0] if email else None


def _year(day: str | None) -> int | None:
    match = re.match(r"(1[5-9]|20)\d\d\b", day or "")
    return int(match[0]) if match else None


def _employees(graph: Graph, thing: Thing) -> tuple[int | None, int | None]:
    """The fewest and the most employees; equal where the site gives one number."""
    said = next(graph.things(thing, "numberofemployees"), None)
    if said is None:
        numbers = re.findall(r"\d{1,7}", thing.text("numberofemployees") or "")[:2]
        bounds = [int(number) for number in numbers]
        return (bounds[0], bounds[-1]) if bounds else (None, None)
    exact = _whole(said.text("value"))
    if exact is not None:
        return exact, exact
    fewest, most = _whole(said.text("minvalue")), _whole(said.text("maxvalue"))
    return (fewest, most) if fewest is not None and most is not None else (None, None)


def _whole(text: str | None) -> int | None:
    match = re.fullmatch(r"\d{1,7}", (text or "").replace(",", ""))
    return int(match[0]) if match else None
