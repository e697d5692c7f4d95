"""Takes one person out of stored documents and leaves the rest as it was. Pure.

What is about the person goes as a whole; out of what is about others go the person's entries in
lists, and every value that names the person.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any, Literal

from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.normalise.text import words
from roleferry_enrich.privacy import normal_forms
from roleferry_enrich.privacy import traces as traces_of
from roleferry_enrich.privacy.traces import Traces
from roleferry_enrich.storage.documents import read
from roleferry_enrich.storage.sourced import read_golden

_MAILBOX = re.compile(r"[^\s<>\"'(),:;\[\]]+@[^\s<>\"'(),:;\[\]]+")
_ADDRESS = re.compile(r"(?:https?://)?[\w.-]+\.\w+/[^\s<>\"')\]]+")
_NUMBER = re.compile(r"\+?\d[\d\s()./-]{5,}\d")
_NOT_A_DIGIT = re.compile(r"\D")
_FEWEST_DIGITS = 8
# A company that is named after a person is a company still.
_NAMES_OF_COMPANIES = frozenset({"name", "legal_name", "domain", "company_number"})
_OF_THE_COMPANY = frozenset({"company_name", "company_domain", "company_number"})
_KEPT = _NAMES_OF_COMPANIES | _OF_THE_COMPANY


class Gone(Enum):
    """Nothing may be left of it."""

    GONE = 0


GONE: Literal[Gone.GONE] = Gone.GONE
# Any: JSON as it is stored.
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scrubber:
    subject: Traces

    def is_subject(self, other: Traces) -> bool:
        return self.subject.are_of(other)

    def names_subject(self, value: object) -> bool:
        """Whether a text, or any text within, gives the person away."""
        return any(map(self._tells, _texts(value)))

    def enrichment(self, document: Json) -> Json | Gone:
        """A stored enrichment, as `storage/sourced.py` writes it."""
        request = self.request(document["request"])
        person, company, sources = document["person"], document["company"], document.get("sources")
        if request is GONE or (person is not None and self._is_golden(person, company, sources)):
            return GONE
        return {
            **document,
            "request": request,
            "person": person and self._other(person),
            "company": company and {**company, "fields": self.fields(company["fields"])},
            "executives": [
                self._other(each)
                for each in document["executives"]
                if not self._is_golden(each, company, sources)
            ],
        }

    def request(self, request: Json) -> Json | Gone:
        keys = read(request["keys"], Keys)
        if self.is_subject(traces_of.of_keys(keys)) or self.names_subject(keys.email):
            return GONE
        known = request.get("known_executives") or []
        return {
            **request,
            "known_executives": [name for name in known if not self.names_subject(name)],
        }

    def claim(self, kind: str, claim: Json) -> Json | Gone:
        """What a provider said of a person, a company or a mailbox."""
        if kind == "email":
            return GONE if self.names_subject(claim["address"]) else claim
        if kind == "person" and self.is_subject(traces_of.of_claim(read(claim, PersonClaim))):
            return GONE
        return self._values(claim)

    def fields(self, fields: Json) -> Json:
        """The known fields of a golden record, in which values carry their sources."""
        kept = {}
        for name, held in fields.items():
            if name in _KEPT or not self.names_subject(held["value"]):
                others = held.get("alternatives") or []
                told = [it for it in others if not self.names_subject(it["value"])]
                kept[name] = {**held, "alternatives": told} if len(told) < len(others) else held
        return kept

    def fields_document(self, document: Json) -> Json:
        """The same as they are stored with a person or a company, in either form."""
        if "form" in document:
            return {**document, "fields": self.fields(document["fields"])}
        return self.fields(document)

    def _is_golden(self, person: Json, company: Json | None, sources: Any) -> bool:
        golden, employer = read_golden(person, company, sources)
        return self.is_subject(traces_of.of_golden(golden, employer))

    def _other(self, person: Json) -> Json:
        return {
            **person,
            "fields": self.fields(person["fields"]),
            "contact_points": [
                point for point in person["contact_points"] if not self.names_subject(point)
            ],
        }

    def _values(self, said: Json) -> Json:
        """A claim about somebody else: its own names stay, what is the person's goes."""
        kept: Json = {}
        for name, value in said.items():
            if isinstance(value, list):
                kept[name] = [each for each in value if not self.names_subject(each)]
            elif name in _KEPT or not self.names_subject(value):
                kept[name] = value
        return kept

    def _tells(self, text: str) -> bool:
        forms = self.subject.forms
        if "@" in text and any(
            form in forms
            for written in (text, *_MAILBOX.findall(text))
            for form in normal_forms.of_email(written)
        ):
            return True
        if "/" in text and any(
            form in forms
            for written in (text, *_ADDRESS.findall(text))
            for form in normal_forms.of_profile(written)
        ):
            return True
        return self._has_phone(text) or self._has_name(text)

    def _has_phone(self, text: str) -> bool:
        phones = [number.lstrip("+") for number in self.subject.values("phone")]
        for written in _NUMBER.findall(text) if phones else ():
            digits = _NOT_A_DIGIT.sub("", written).lstrip("0")
            if len(digits) >= _FEWEST_DIGITS and any(
                phone.endswith(digits) or digits.endswith(phone) for phone in phones
            ):
                return True
        return False

    def _has_name(self, text: str) -> bool:
        if not self.subject.names:
            return False
        written = f" {' '.join(words(text))} "
        return any(f" {name} " in written for name in self.subject.names)


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for member in value.values():
                yield from _texts(member)
        case list() | tuple():
            for member in value:
                yield from _texts(member)
