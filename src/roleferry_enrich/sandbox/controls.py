"""The sandbox's own routes, all behind an underscore: faults, ledger, health and an index."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roleferry_enrich.sandbox.faults import (
    EVERY_PROVIDER,
    FaultKind,
    FaultPlan,
    PlannedFault,
    planned,
)
from roleferry_enrich.sandbox.ledger import Ledger
from roleferry_enrich.sandbox.population import Population

_CONTROLS = {
    "/_truth": "the invented world: ?company=<domain or id>&page=&per_page=",
    "/_truth/providers": "which provider knows which company and whom of its people",
    "/_faults": "POST {provider, fault, rate, for, seconds}; GET; DELETE ?provider=",
    "/_ledger": "calls and cost by provider and key; DELETE to start again",
    "/_health": "ready or not",
}


class Controls:
    def __init__(
        self,
        population: Population,
        ledger: Ledger,
        faults: FaultPlan,
        providers: Mapping[str, str],
    ) -> None:
        """`providers`: each by name, with how it speaks (`voice` or `replay`)."""
        self._population = population
        self._ledger = ledger
        self._faults = faults
        self._providers = providers

    def routes(self) -> list[Route]:
        return [
            Route("/", self._index),
            Route("/_health", self._health),
            Route("/_ledger", self._accounts, methods=["GET"]),
            Route("/_ledger", self._forget, methods=["DELETE"]),
            Route("/_faults", self._list_faults, methods=["GET"]),
            Route("/_faults", self._plan_fault, methods=["POST"]),
            Route("/_faults", self._clear_faults, methods=["DELETE"]),
        ]

    async def _index(self, request: Request) -> Response:
        del request
        subject = self._population.people[0]
        return JSONResponse(
            {
                "what": "invented providers over one invented world; nobody in it exists",
                "seed": self._population.seed,
                "providers": {f"/{name}": kind for name, kind in self._providers.items()},
                "controls": _CONTROLS,
                "faults": list(FaultKind),
                "try": {"full_name": subject.full_name, "email": subject.email},
            }
        )

    async def _health(self, request: Request) -> Response:
        del request
        return JSONResponse(
            {
                "status": "ok",
                "seed": self._population.seed,
                "companies": len(self._population.companies),
                "people": len(self._population.people),
            }
        )

    async def _accounts(self, request: Request) -> Response:
        del request
        accounts = {
            provider: {
                **self._ledger.total(provider).summary(),
                "keys": {key: entry.summary() for key, entry in keys.items()},
            }
            for provider, keys in sorted(self._ledger.entries.items())
        }
        return JSONResponse({"providers": accounts})

    async def _forget(self, request: Request) -> Response:
        del request
        self._ledger.entries.clear()
        return Response(status_code=204)

    async def _list_faults(self, request: Request) -> Response:
        del request
        return JSONResponse({"faults": _described(self._faults.planned)})

    async def _plan_fault(self, request: Request) -> Response:
        try:
            wish = msgspec.json.decode(await request.body(), type=_Wish)
        except msgspec.MsgspecError as error:
            return JSONResponse({"error": str(error), "faults": list(FaultKind)}, 422)
        if wish.provider not in {*self._providers, EVERY_PROVIDER}:
            return JSONResponse({"error": "no such provider in the sandbox"}, 422)
        self._faults.plan(wish.provider, wish.planned())
        return JSONResponse({"faults": _described(self._faults.planned)}, 201)

    async def _clear_faults(self, request: Request) -> Response:
        self._faults.clear(request.query_params.get("provider"))
        return Response(status_code=204)


def _described(planned: Mapping[str, PlannedFault]) -> dict[str, object]:
    return {provider: asdict(fault) for provider, fault in planned.items()}


class _Wish(msgspec.Struct):
    """A body of `POST /_faults`."""

    provider: str
    fault: FaultKind
    rate: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    calls: Annotated[int, msgspec.Meta(ge=1)] | None = msgspec.field(default=None, name="for")
    seconds: Annotated[float, msgspec.Meta(ge=0)] | None = None

    def planned(self) -> PlannedFault:
        return planned(self.fault, self.seconds, rate=self.rate, left=self.calls)
