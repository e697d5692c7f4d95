"""Takes one person out of stored documents and leaves the rest as it was. Pure.

What is about the person goes as a whole; out of what is about others go the person's entries in
lists, and every value that is the person's. A name alone is many people's: it counts where the
employer is spoken of.
"""

from typing import Any

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.privacy import normal_forms
from roleferry_enrich.privacy import traces as traces_of
from roleferry_enrich.privacy.reading import mentions, names_value
from roleferry_enrich.privacy.traces import Traces
from roleferry_enrich.storage.documents import read
from roleferry_enrich.storage.sourced import read_company, read_person

# A company that is named after a person is a company still.
_NAMES_OF_COMPANIES = frozenset({"name", "legal_name", "domain", "company_number"})
_ANYBODY = PersonClaim(full_name="Any Body")
# Any: JSON as it is stored.
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scrubber:
    """What is to become of documents; None where nothing may be left of one."""

    subject: Traces
    values_alone: bool = False
    """Whether the person is to stay, and only these traces of them are to go."""

    def is_subject(self, other: Traces) -> bool:
        return not self.values_alone and self.subject.are_of(other)

    def names_value(self, value: object) -> bool:
        """Whether a text, or any text within, is an address, number or profile of theirs."""
        return names_value(self.subject, value)

    def mentions(self, value: object) -> bool:
        """Likewise, or gives the name."""
        return mentions(self.subject, value)

    def enrichment(self, document: Json) -> Json | None:
        """A stored enrichment, as `storage/sourced.py` writes it."""
        request = self.request(document["request"])
        person, company, lists = document["person"], document["company"], document.get("sources")
        employer = None if company is None else read_company(company, lists)

        def is_them(one: Json) -> bool:
            return self.is_subject(traces_of.of_golden(read_person(one, lists), employer))

        if request is None or (person is not None and is_them(person)):
            return None
        return {
            **document,
            "request": request,
            "person": person and self._other(person),
            "company": company and {**company, "fields": self.company_fields(company["fields"])},
            "executives": [self._other(it) for it in document["executives"] if not is_them(it)],
        }

    def request(self, request: Json) -> Json | None:
        keys = read(request["keys"], Keys)
        if self.is_subject(traces_of.of_keys(keys)):
            return None
        told = {
            name: None if self.names_value(key) else key for name, key in request["keys"].items()
        }
        known = request.get("known_executives") or []
        return {
            **request,
            "keys": told,
            "known_executives": [name for name in known if not self._is_name_at(name, keys)],
        }

    def claim(self, kind: str, claim: Json) -> Json | None:
        """What a provider said of a person, a company or a mailbox."""
        match kind:
            case "email":
                return None if self.names_value(claim["address"]) else claim
            case "person":
                if self.is_subject(traces_of.of_claim(read(claim, PersonClaim))):
                    return None
                return self._values(claim, theirs=False)
            case _:
                said = read(claim, CompanyClaim)
                theirs = self._works_at(said.domain, said.name, said.company_number)
                return self._values(claim, theirs=theirs)

    def fields_document(self, document: Json, *, of_company: bool) -> Json:
        """Known fields as they are stored with a person or a company, in either form."""
        scrub = self.company_fields if of_company else self._fields
        if "form" in document:
            return {**document, "fields": scrub(document["fields"])}
        return scrub(document)

    def company_fields(self, fields: Json) -> Json:
        said = {name: held["value"] for name, held in fields.items()}
        theirs = self._works_at(said.get("domain"), said.get("name"), said.get("company_number"))
        return self._fields(fields, theirs=theirs)

    def _fields(self, fields: Json, *, theirs: bool = False) -> Json:
        """Values carry their sources, and those that lost beside them."""
        is_told = self.mentions if theirs else self.names_value
        kept = {}
        for name, held in fields.items():
            if name in _NAMES_OF_COMPANIES or not is_told(held["value"]):
                others = held.get("alternatives") or []
                told = [it for it in others if not is_told(it["value"])]
                kept[name] = {**held, "alternatives": told} if len(told) < len(others) else held
        return kept

    def _other(self, person: Json) -> Json:
        points = person["contact_points"]
        return {
            **person,
            "fields": self._fields(person["fields"]),
            "contact_points": [point for point in points if not self.names_value(point["value"])],
        }

    def _values(self, said: Json, *, theirs: bool) -> Json:
        is_told = self.mentions if theirs else self.names_value
        kept: Json = {}
        for name, value in said.items():
            if isinstance(value, list):
                kept[name] = [each for each in value if not is_told(each)]
            elif name in _NAMES_OF_COMPANIES or not is_told(value):
                kept[name] = value
        return kept

    def _is_name_at(self, name: str, employer: Keys) -> bool:
        forms = normal_forms.of_claim(PersonClaim(full_name=name), employer)
        return self.is_subject(Traces(forms=frozenset(forms)))

    def _works_at(self, domain: str | None, name: str | None, number: str | None) -> bool:
        employer = Keys(domain=domain, company_name=name, company_number=number)  # type: ignore[arg-type]
        there = {_employer(form) for form in normal_forms.of_claim(_ANYBODY, employer)}
        return any(_employer(form) in there for form in self.subject.forms)


def _employer(form: normal_forms.NormalForm) -> tuple[str, str] | None:
    return (form.kind, form.value.partition("|")[2]) if form.kind.startswith("name_") else None
