"""The body and answer of `/privacy/handling`."""

from typing import Annotated

from pydantic import Field, WithJsonSchema, with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.schemas.evidence import DOCUMENTED
from roleferry_enrich.api.schemas.fields import Body, ProviderText, Text, one_of
from roleferry_enrich.domain.handling import LawfulBasis

_BASES = tuple(basis.value for basis in LawfulBasis)
Basis = Annotated[str, one_of(_BASES), WithJsonSchema({"type": "string", "enum": list(_BASES)})]


class HandlingBody(Body):
    """How the account handles people's data, as a whole: what is left out is cleared."""

    purpose: Annotated[str, Text(500)] | None = None
    """To what end people are looked up; kept with everything that is learned."""
    lawful_basis: Basis | None = None
    """On which ground of Article 6(1) GDPR."""
    providers_off: Annotated[list[ProviderText], Field(max_length=50)] = Field(default_factory=list)
    """Providers that are told nothing, whatever a request includes."""


@with_config(DOCUMENTED)
class HandlingData(TypedDict):
    """How the account handles people's data."""

    purpose: str | None
    lawful_basis: LawfulBasis | None
    """On which ground of Article 6(1) GDPR."""
    providers_off: list[str]
    """Providers that are told nothing: their outcome is `skipped`, `excluded`."""
