"""What pydantic found wrong, in our words.

Pydantic's own messages and contexts may quote what was sent; a refusal never does. Only its code,
the place, and the bounds we declared ourselves are taken over.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pydantic_core import PydanticCustomError

from roleferry_enrich.api.strict_json import printable
from roleferry_enrich.errors import Fault

_OURS = "roleferry."
_FAULTS_LIMIT = 20
_MESSAGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "missing": ("required", "is required"),
        "extra_forbidden": ("unknown_field", "is not a field of this request"),
        "string_type": ("wrong_type", "must be a string"),
        "int_type": ("wrong_type", "must be a whole number"),
        "int_parsing": ("wrong_type", "must be a whole number"),
        "int_from_float": ("wrong_type", "must be a whole number"),
        "float_type": ("wrong_type", "must be a number"),
        "bool_type": ("wrong_type", "must be true or false"),
        "list_type": ("wrong_type", "must be a list"),
        "model_type": ("wrong_type", "must be an object"),
        "model_attributes_type": ("wrong_type", "must be an object"),
        "uuid_type": ("wrong_type", "must be a UUID"),
        "uuid_parsing": ("wrong_type", "must be a UUID"),
        "literal_error": ("unknown_value", "must be one of {expected}"),
        "greater_than_equal": ("out_of_range", "must be at least {ge}"),
        "less_than_equal": ("out_of_range", "must be at most {le}"),
        "too_short": ("too_short", "must have at least {min_length} entry"),
        "too_long": ("too_long", "must have at most {max_length} entries"),
        "string_too_long": ("too_long", "must be at most {max_length} characters"),
        "string_pattern_mismatch": ("unreadable", "is not in the form we gave it out"),
    }
)
"""Pydantic's code to ours and its message; braces are filled from the bounds we declared."""


def violation(code: str, message: str) -> PydanticCustomError:
    """An error for our own validators to raise; the message must not hold what was sent."""
    # Braces would be read as a template.
    template = message.replace("{", "(").replace("}", ")")
    return PydanticCustomError(f"{_OURS}{code}", template)


def faults_of(errors: Sequence[Mapping[str, Any]]) -> tuple[Fault, ...]:
    """Pydantic's error dicts (a shape of its own, hence Any), as faults of named fields."""
    return tuple(_fault(error) for error in errors[:_FAULTS_LIMIT])


def _fault(error: Mapping[str, Any]) -> Fault:
    field = _field(error["loc"])
    if error["type"].startswith(_OURS):
        return Fault(field, error["type"].removeprefix(_OURS), error["msg"])
    code, message = _MESSAGES.get(error["type"], ("invalid", "is not valid"))
    return Fault(field, code, message.format_map(error.get("ctx", {})))


def _field(location: Sequence[str | int]) -> str:
    """`("body", "enrich", 3)` as `enrich[3]`; the request as a whole as `body`."""
    field = ""
    for part in location[1:]:
        field += f"[{part}]" if isinstance(part, int) else f".{printable(part)}"
    return field.lstrip(".") or str(location[0])
