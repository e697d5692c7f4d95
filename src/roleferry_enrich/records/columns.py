"""Which column of somebody's file is which field, by the names people give to columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from roleferry_enrich.domain.loose_records import COMPARED_FIELDS, RECORD_FIELDS, LooseRecord
from roleferry_enrich.errors import RecordsRefused
from roleferry_enrich.normalise.text import clean, words

NOT_COMPARED = "none"
_CELL_LIMIT = 400
NOTHING_TOLD: Mapping[str, str] = MappingProxyType({})
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "full_name": "fullname name contactname personname displayname",
        "first_name": "firstname givenname forename forenames given",
        "last_name": "lastname surname familyname family",
        "email": "email emailaddress mail",
        "phone": "phone phonenumber telephone tel mobile mobilephone",
        "date_of_birth": "dateofbirth dob birthdate birthday born",
        "title": "title jobtitle position",
        "company": "company companyname organisation organization employer",
        "company_number": "companynumber",
        "domain": "domain companydomain website",
        "address": "address streetaddress street streetnumber addressline1 addressline2 address1 "
        "address2",
        "city": "city town suburb locality",
        "postcode": "postcode zip zipcode postalcode",
        "country": "country countrycode",
        "linkedin_url": "linkedinurl linkedin",
        "identifier": "identifier personid nationalid ssn socsecid socialsecuritynumber",
    }
)
_FIELD_OF = MappingProxyType(
    {name: field for field, them in _NAMES.items() for name in them.split()}
)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that are compared, by field; an address may have several."""

    by_field: Mapping[str, tuple[str, ...]]
    passed_through: tuple[str, ...] = ()
    """Columns that are not compared."""

    def __str__(self) -> str:
        compared = ", ".join(
            f"{field} from {' and '.join(names)}" for field, names in self.by_field.items()
        )
        left = ", ".join(self.passed_through)
        return f"compared are {compared}" + (f"; not compared: {left}" if left else "")

    def record(self, row: Mapping[str, object]) -> LooseRecord:
        return LooseRecord(**{field: self._value(field, row) for field in self.by_field})

    def _value(self, field: str, row: Mapping[str, object]) -> str | None:
        texts = [text for column in self.by_field[field] if (text := _text(row.get(column)))]
        if field == "address":
            return " ".join(texts) or None
        return texts[0] if texts else None


def columns_of(names: Sequence[str], told: Mapping[str, str] = NOTHING_TOLD) -> Columns:
    """`told` names the field of columns whose heading does not, `NOT_COMPARED` for none.

    Raises RecordsRefused where no column can be compared.
    """
    found: dict[str, tuple[str, ...]] = {}
    passed_through = []
    for name in names:
        field = told[name] if name in told else _FIELD_OF.get("".join(words(clean(name, 100))))
        if field in RECORD_FIELDS:
            found[field] = (*found.get(field, ()), name)
        else:
            passed_through.append(name)
    if not COMPARED_FIELDS & set(found):
        raise RecordsRefused(
            "no column can be compared: name at least one of "
            + ", ".join(name for name in RECORD_FIELDS if name in COMPARED_FIELDS)
            + "; or say which is which with --column NAME=FIELD"
        )
    return Columns(MappingProxyType(found), tuple(passed_through))


def told_columns(pairs: Iterable[str]) -> Mapping[str, str]:
    """What `NAME=FIELD` say of each column. Raises RecordsRefused where a field is none."""
    told = {}
    for pair in pairs:
        name, _, field = pair.rpartition("=")
        if not name or field not in {*RECORD_FIELDS, NOT_COMPARED}:
            fields = ", ".join((*RECORD_FIELDS, NOT_COMPARED))
            raise RecordsRefused(f"--column is NAME=FIELD, with one of these fields: {fields}")
        told[name] = field
    return told


def _text(value: object) -> str:
    if value is None or isinstance(value, bool | list | dict):
        return ""
    return clean(str(value), _CELL_LIMIT)
