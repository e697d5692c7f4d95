"""What a voice is: a module that speaks one provider's API, and how the voices are found."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Protocol, TypeGuard

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.sandbox import voices
from roleferry_enrich.sandbox.population import View


class Voice(Protocol):
    """Only words: what is known comes from the view, who may ask how often from the front desk."""

    @property
    def NAME(self) -> str: ...  # noqa: N802  # a module's constant

    @property
    def WINDOWS(self) -> tuple[Window, ...]: ...  # noqa: N802  # a module's constant

    def routes(self, view: View) -> list[Route]: ...

    def authorised(self, request: Request) -> Response | None:
        """The refusal, or None where the request may pass."""
        ...

    def throttled(self, left: int, limit: int, reset: int) -> Response:
        """The refusal of a request too many; `reset` is in Unix seconds."""
        ...

    def limit_headers(self, left: int, limit: int, reset_unix: int) -> dict[str, str]: ...


def discovered(package: ModuleType = voices) -> Iterator[Voice]:
    """The voices in the package, by name; modules beside them may hold what they share."""
    for entry in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{entry.name}")
        if _speaks(module):
            yield module


def lanes_of(voice: Voice) -> Mapping[str, tuple[Window, ...]]:
    """What a voice counts apart: a path's beginning and its windows, in an optional `LANES`."""
    lanes: Mapping[str, tuple[Window, ...]] = getattr(voice, "LANES", {})
    return lanes


def key_in_body(voice: Voice) -> bool:
    """Whether its clients send their key in the body, by an optional `KEY_IN_BODY`."""
    return bool(getattr(voice, "KEY_IN_BODY", False))


def _speaks(module: object) -> TypeGuard[Voice]:
    return hasattr(module, "NAME") and hasattr(module, "routes")
