"""The one shape of every refusal: RFC 9457 with the faults named."""

from typing import NotRequired

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

_DOCUMENTED = ConfigDict(use_attribute_docstrings=True)


@with_config(_DOCUMENTED)
class ProblemFault(TypedDict):
    """One thing wrong with the request."""

    field: str
    """Where: `email`, `enrich[3]`, `providers.include[0]`, or `body` for the request as a whole."""
    code: str
    """What, for programs; stable."""
    message: str
    """What was expected, for people. Never holds what was sent."""


# By a call, for the hyphen in its name.
_OfQuotas = TypedDict("_OfQuotas", {"violated-policies": NotRequired[list[str]]})


@with_config(_DOCUMENTED)
class Problem(_OfQuotas):
    """Why a request was not served (RFC 9457)."""

    type: str
    """`urn:roleferry-enrich:problem:` and a stable name, or a registered kind of problem."""
    title: str
    """The kind of problem, for people."""
    status: int
    """The HTTP status."""
    detail: str
    """What is wrong with this request."""
    request_id: str
    """The request's `X-Request-ID`, to find it in the logs."""
    errors: list[ProblemFault]
    """The faults, where single fields are at fault; at most 20."""
