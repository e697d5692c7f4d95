"""The kinds of values request bodies are made of, with their bounds and documentation."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from roleferry_enrich.api.violations import violation
from roleferry_enrich.domain.enrichments import PERSON_FIELDS

ENRICHMENT_TYPES = ("firmographics", "technographics", "workforce-trends")
_MICRO = 1_000_000
_LARGEST_EXACT = 2**53
_LONGEST_BLANK = 500
"""No field is longer, so that a longer blank is refused for its length, without a look."""


_CONTROLS = r"\x00-\x1f\x7f-\x9f"
# Space, and marks that show nothing (soft hyphens, zero-width joiners, direction marks).
_UNSEEN = r"\s\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_SEEN = re.compile(f"[^{_UNSEEN}]")
WITHOUT_CONTROLS = {"pattern": f"^[^{_CONTROLS}]*$"}
"""For the document alone: `strict_json` refuses such characters wherever they are."""
NOT_BLANK = {"pattern": f"^[^{_CONTROLS}]*[^{_CONTROLS}{_UNSEEN}][^{_CONTROLS}]*$"}
"""For the document alone: a text that is required and blank is refused as one that is absent."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text in NFC with single spaces, of at most so many bytes.

    Bytes, because what a name costs us (an index entry, a URL) is counted in bytes, and one
    visible character may be a thousand code points.
    """

    limit: int

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:  # JSON Schema is an open format
        return {**WITHOUT_CONTROLS, **handler(schema), "maxLength": self.limit}

    def _read(self, text: str) -> str:
        # Before normalising, which may take time and make a text three times as long.
        if len(text) > self.limit:
            raise self._too_long()
        canonical = " ".join(unicodedata.normalize("NFC", text).split())
        if len(canonical.encode()) > self.limit:
            raise self._too_long()
        return canonical

    def _too_long(self) -> Exception:
        return violation("too_long", f"must be at most {self.limit} bytes in UTF-8")


def one_of(allowed: tuple[str, ...]) -> AfterValidator:
    def check(name: str) -> str:
        if name not in allowed:
            raise violation("unknown_value", "must be one of " + ", ".join(allowed))
        return name

    return AfterValidator(check)


def micro_exact(dollars: float) -> float:
    # Decimal of the shortest text that reads back as this number: what the caller wrote.
    if (Decimal(repr(dollars)) * _MICRO) % 1:
        raise violation("too_precise", "must have at most 6 decimals")
    return dollars


EmailText = Annotated[str, Text(254)]  # RFC 5321, 4.5.3.1.3, less the angle brackets
DomainText = Annotated[str, Text(253)]  # RFC 1035, 2.3.4, without the root dot
UrlText = Annotated[str, Text(500)]
NameText = Annotated[str, Text(200)]
CompanyText = Annotated[str, Text(300)]
NumberText = Annotated[str, Text(32)]
CountryText = Annotated[str, Text(60)]
RequiredText = Annotated[str, Text(200), Field(json_schema_extra=NOT_BLANK)]
ProviderText = Annotated[str, Text(40)]
WaterfallText = Annotated[str, Text(40)]
Dollars = Annotated[float, Field(ge=0, le=1_000), AfterValidator(micro_exact)]
FieldName = Annotated[
    str, one_of(PERSON_FIELDS), WithJsonSchema({"type": "string", "enum": list(PERSON_FIELDS)})
]
EnrichmentType = Annotated[
    str,
    one_of(ENRICHMENT_TYPES),
    WithJsonSchema({"type": "string", "enum": list(ENRICHMENT_TYPES)}),
]


class Body(BaseModel):
    """A request body: strict types, no unknown fields, and a blank text is an absent one."""

    is_secret: ClassVar[bool] = False
    """Whether it may hold a secret, and so must not be remembered by its bytes."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    texts: ClassVar[frozenset[str]] = frozenset()
    """The names of its fields that are texts."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        cls.texts = frozenset(name for name, it in cls.model_fields.items() if _is_text(it))

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, sent: object) -> object:
        if not isinstance(sent, dict):
            return sent
        return {
            name: _whole(value)
            for name, value in sent.items()
            if not (name in cls.texts and _blank(value))
        }


def _is_text(field: FieldInfo) -> bool:
    choices = (get_args(choice) for choice in get_args(field.annotation))
    return any(isinstance(it, Text) for it in (*field.metadata, *chain(*choices)))


def _whole(value: object) -> object:
    """JSON knows numbers, not their types: `25.0` is the same number as `25`."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST_EXACT:
        return int(value)
    return value


def _blank(value: object) -> bool:
    if not isinstance(value, str) or len(value) > _LONGEST_BLANK:
        return False
    return _SEEN.search(value) is None


class ProvidersChoice(Body):
    """Which providers may be asked."""

    include: Annotated[list[ProviderText], Field(max_length=50)] = Field(default_factory=list)
    """Only these; all, where empty."""
    exclude: Annotated[list[ProviderText], Field(max_length=50)] = Field(default_factory=list)
    """Not these."""


class Served(Body):
    """How a request wants to be served."""

    strategy: Literal["parallel", "waterfall"] = "parallel"
    """`parallel` asks every capable provider at once; `waterfall` asks the best value for money
    first and stops when every wanted field is filled."""
    waterfall: WaterfallText | None = None
    """With the strategy `waterfall`: the named one whose order to follow, as set by the operator,
    or `people` (Apollo, Clay, Hunter) or `companies` (Explorium, Clearbit, the internal
    database). Absent: the operator's default, if there is one."""
    deadline_ms: Annotated[int, Field(ge=100, le=10_000)] = 2_000
    """When to answer with what is known by then."""
    max_cost: Dollars | None = None
    """The most US dollars this request may cost, with up to 6 decimals; `0` asks only caches and
    free providers. A lower cap of the account holds: see `meta.max_cost_usd`."""
    min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Values less likely than this to be true are left out."""
    max_age: Annotated[int, Field(ge=0, le=31_536_000)] | None = None
    """The oldest cached answer to use, in seconds; `0` asks anew."""
    providers: ProvidersChoice | None = None
    """Which providers may be asked."""
    sample_fallback: bool = False
    """Where no provider can answer, answer with invented sample data, marked as such in
    `meta.sample` and the header `X-Sample-Data`; never stored and never charged."""
