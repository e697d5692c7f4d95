"""The rows of a batch as they were sent: JSON, NDJSON (an object a line) or CSV.

A row that cannot be read is a fault of that row; only where nothing can be read is the batch
refused. What a row says is judged in `batch_items.py`.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from roleferry_enrich.api.strict_json import read_list_holder, refuse_bad_characters
from roleferry_enrich.domain.batches import MOST_ITEMS
from roleferry_enrich.errors import Fault, InvalidQuery, MalformedBody
from roleferry_enrich.normalise.text import clean, words

Row = Mapping[str, object] | Fault
"""What a row says, or why it cannot be read."""

_DELIMITERS = ",;\t|"
_LONGEST_CELL = 2_000
_BOM = b"\xef\xbb\xbf"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# As people, and the exports of the usual CRMs, call them; folded, without what is no letter.
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "reference": "reference id externalid recordid rowid contactid leadid personid crmid",
        "email": "email emailaddress mail mailaddress workemail businessemail companyemail "
        "primaryemail contactemail contactmail personemail",
        "full_name": "fullname name contactname personname displayname contact vollername",
        "first_name": "firstname givenname forename contactfirstname vorname prenom",
        "last_name": "lastname surname familyname contactlastname nachname nomdefamille",
        "domain": "domain companydomain companydomainname primarydomain website websiteurl "
        "companywebsite companyurl",
        "company_name": "companyname company companyaccount organisation organization "
        "organisationname organizationname employer firm account accountname associatedcompany "
        "firma unternehmen societe entreprise",
        "company_number": "companynumber registrationnumber registrationno",
        "linkedin_url": "linkedinurl linkedin linkedinprofile linkedinprofileurl "
        "personlinkedinurl personlinkedin contactlinkedinurl profileurl",
        "country": "country countrycode countryregion land pays",
        "enrich": "enrich",
        "strategy": "strategy",
        "waterfall": "waterfall",
        "deadline_ms": "deadlinems",
        "max_cost": "maxcost",
        "min_confidence": "minconfidence",
        "max_age": "maxage",
    }
)
COLUMN_FIELDS = tuple(_NAMES)
_FIELD_OF = MappingProxyType(
    {name: field for field, them in _NAMES.items() for name in them.split()}
)
# What programs write into a cell that has nothing to say. Not "NA": it is Namibia.
_NOTHING = frozenset({"", "n/a", "#n/a", "null", "none", "nil", "nan", "undefined", "-", "--", "?"})
_WHOLE = frozenset({"deadline_ms", "max_age"})
_DECIMAL = frozenset({"max_cost", "min_confidence"})


@dataclass(frozen=True, slots=True)
class Rows:
    rows: Sequence[Row]
    members: Mapping[str, object]
    """What a JSON batch says beside its items."""
    columns: Mapping[str, str] | None = None
    """Of a CSV: the column that each field is read from."""


def json_rows(body: bytes) -> Rows:
    document = read_list_holder(body)
    items = document.pop("items", None)
    if not isinstance(items, list):
        raise InvalidQuery("see `errors`", faults=(Fault("items", "required", "must be a list"),))
    refuse_bad_characters(document)
    return Rows(_bounded([_judged(item) for item in items[: MOST_ITEMS + 1]]), document)


def ndjson_rows(body: bytes) -> Rows:
    lines = (line for line in body.removeprefix(_BOM).split(b"\n") if line.strip())
    rows: list[Row] = []
    for line in lines:
        if len(rows) > MOST_ITEMS:
            break
        rows.append(_line(line))
    return Rows(_bounded(rows), {})


def csv_rows(body: bytes, given: Mapping[str, str]) -> Rows:
    """`given`: fields whose column the caller named, and that column's heading."""
    try:
        text = body.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        raise MalformedBody("the body must be UTF-8") from None
    delimiter = delimiter_of(text.lstrip("\r\n").partition("\n")[0])
    reader = csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=delimiter)
    cells = filled_rows(reader)
    names = [name.strip() for name in next(cells, [])]
    columns = columns_of(names, given)
    rows: list[Row] = []
    for row in cells:
        if len(rows) > MOST_ITEMS:
            break
        rows.append(csv_record(row, names, columns))
    return Rows(_bounded(rows), {}, columns)


def _bounded(rows: Sequence[Row]) -> Sequence[Row]:
    if not rows:
        fault = Fault("items", "too_short", "must have at least 1 entry")
        raise InvalidQuery("see `errors`", faults=(fault,))
    if len(rows) > MOST_ITEMS:
        fault = Fault("items", "too_long", f"must have at most {MOST_ITEMS} entries")
        raise InvalidQuery("see `errors`", faults=(fault,))
    return rows


def _line(line: bytes) -> Row:
    try:
        return _judged(read_list_holder(line))
    except MalformedBody:
        return Fault("row", "malformed", "is not a JSON object")


def _judged(item: object) -> Row:
    if not isinstance(item, dict):
        return Fault("row", "wrong_type", "must be an object")
    try:
        refuse_bad_characters(item)
    except MalformedBody:
        return Fault("row", "malformed", "holds half of a surrogate pair")
    except InvalidQuery as refused:
        return refused.faults[0]
    return item


def delimiter_of(heading: str) -> str:
    return max(_DELIMITERS, key=heading.count)


def filled_rows(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    """Those that are not blank. Raises MalformedBody for what is no CSV."""
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield row
    except csv.Error:
        raise MalformedBody("the body is not CSV: is a quote not closed?") from None


def columns_of(names: Sequence[str], given: Mapping[str, str]) -> Mapping[str, str]:
    """Field to the heading of its column: as given, else guessed; the first of equals.

    Raises InvalidQuery where a heading given is absent, or none is recognised.
    """
    columns: dict[str, str] = {}
    for name in names:
        field = _FIELD_OF.get("".join(words(clean(name, 100))))
        if field is not None and field not in given and name not in given.values():
            columns.setdefault(field, name)
    for field, name in given.items():
        if name not in names:
            fault = Fault("column", "unknown_column", f"no column is called so (for {field})")
            raise InvalidQuery("see `errors`", faults=(fault,))
        columns[field] = name
    if not columns.keys() - {"reference"}:
        message = "no column was recognised: name some with `column=<field>:<heading>`"
        raise InvalidQuery("see `errors`", faults=(Fault("column", "none_recognised", message),))
    return columns


def csv_record(row: Sequence[str], names: Sequence[str], columns: Mapping[str, str]) -> Row:
    """What the cells of a row say, under the columns' fields."""
    if len(row) != len(names):
        return Fault("row", "wrong_cells", f"has {len(row)} cells, the heading has {len(names)}")
    cells = {field: row[names.index(name)].strip() for field, name in columns.items()}
    for field, text in cells.items():
        if len(text) > _LONGEST_CELL:
            return Fault(field, "too_long", f"must be at most {_LONGEST_CELL} characters")
        if _CONTROL.search(text):
            return Fault(field, "control_character", "must not hold control characters")
    told = {field: text for field, text in cells.items() if _tells(field, cells)}
    return {field: _typed(field, text) for field, text in told.items()}


def _tells(field: str, cells: Mapping[str, str]) -> bool:
    """Some people are called Null; but not those without a first name."""
    if field == "last_name" and _tells("first_name", cells):
        return bool(cells[field])
    return cells.get(field, "").lower() not in _NOTHING


def _typed(field: str, text: str) -> object:
    """As JSON would have it; what is no number is left for the judge to refuse."""
    try:
        if field in _WHOLE:
            return int(text[:20])
        if field in _DECIMAL:
            return float(text)
    except ValueError:
        return text
    if field == "enrich":
        return [word for word in re.split(r"[,;\s]+", text) if word]
    return text
