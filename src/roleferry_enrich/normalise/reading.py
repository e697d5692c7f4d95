"""Reads what somebody gave, field by field, and refuses all that cannot be read at once."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from roleferry_enrich.domain.identifiers import CompanyNumber
from roleferry_enrich.errors import Fault, InvalidQuery
from roleferry_enrich.normalise.registers import parse_company_number

T = TypeVar("T")
_EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        "email": "is not a valid e-mail address",
        "domain": "is not a valid registrable domain name",
        "linkedin_url": "is not a valid LinkedIn profile URL",
        "company_number": "is not a valid company number",
        "country": ("is not a valid country: give two letters (ISO 3166-1) or its English name"),
        "phone": "must be a telephone number with its country's code, or with `country`",
    }
)


class Reading:
    """What is wrong is kept, so that a caller hears of all of it."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def read(self, field: str, text: str | None, parse: Callable[[str], T | None]) -> T | None:
        if text is None:
            return None
        value = parse(text)
        if value is None:
            self.refuse(field, f"invalid_{field}", _EXPECTED[field])
        return value

    def company_number(self, text: str | None, country: str | None) -> CompanyNumber | None:
        def parse(written: str) -> CompanyNumber | None:
            if country is not None:
                return parse_company_number(written, country)
            # The one register whose form we know, where it fits; else as it was written.
            return parse_company_number(written, "GB") or parse_company_number(written, None)

        return self.read("company_number", text, parse)

    def refuse(self, field: str, code: str, message: str) -> None:
        self._faults.append(Fault(field, code, message))

    def finish(self) -> None:
        """Raises InvalidQuery."""
        if self._faults:
            raise InvalidQuery("see `errors`", faults=tuple(self._faults))
