"""The options by which the `privacy` commands are told who is meant."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Parameter
from types import MappingProxyType
from typing import Annotated, Any

import typer

Given = Mapping[str, str | None]
"""By the fields of `Somebody`, as typed."""
_OPTIONS: Mapping[str, typer.models.OptionInfo] = MappingProxyType(
    {
        "email": typer.Option(help="Their e-mail address."),
        "phone": typer.Option(help="Their telephone number."),
        "linkedin_url": typer.Option(help="Their profile."),
        "full_name": typer.Option("--name", help="Their name; with an employer."),
        "domain": typer.Option(help="The employer's domain."),
        "company_name": typer.Option("--company", help="The employer's name."),
        "country": typer.Option(help="Where the number is dialled: GB."),
    }
)


def of_somebody(command: Callable[..., None]) -> Callable[..., None]:
    """The command with an option for each of these, in place of its first parameter."""
    written = inspect.signature(command)
    _, *others = written.parameters.values()
    options = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=_kind(option))
        for name, option in _OPTIONS.items()
    ]

    @wraps(command)
    def with_options(**typed: Any) -> None:  # Any: of whatever type the others are
        given = {name: typed.pop(name) for name in _OPTIONS}
        command(given, **typed)

    signature = written.replace(parameters=[*options, *others])
    with_options.__signature__ = signature  # type: ignore[attr-defined]
    return with_options


# Any: an annotation is no class.
def _kind(option: typer.models.OptionInfo) -> Any:
    return Annotated[str | None, option]
