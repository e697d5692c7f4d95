"""What is so, and what each provider could know of it: the answer sheet for an evaluation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roleferry_enrich.sandbox.inhabitants import Company, Person
from roleferry_enrich.sandbox.population import Population, View

_MOST_PER_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class _Page:
    number: int
    size: int

    def of(self, companies: Sequence[Company]) -> Sequence[Company]:
        return companies[(self.number - 1) * self.size : self.number * self.size]


class Truth:
    def __init__(self, population: Population, views: Mapping[str, View]) -> None:
        self._population = population
        self._views = views
        grouped = groupby(population.people, key=lambda person: person.company_id)
        self._people = {company_id: list(people) for company_id, people in grouped}

    def routes(self) -> list[Route]:
        return [
            Route("/_truth", self._facts),
            Route("/_truth/providers", self._knowledge),
        ]

    async def _facts(self, request: Request) -> Response:
        """Companies with their people, all of it true; `?company=` takes a domain or an id."""
        return self._paged(request, self._fact)

    async def _knowledge(self, request: Request) -> Response:
        """By company: which providers know it, and whom of its people each knows."""
        return self._paged(request, self._known)

    def _paged(self, request: Request, tell: Callable[[Company], dict[str, object]]) -> Response:
        page = _page(request)
        if page is None:
            return JSONResponse({"error": "page and per_page are whole numbers from 1"}, 422)
        companies = self._asked(request.query_params.get("company"))
        document = {
            "seed": self._population.seed,
            "page": page.number,
            "per_page": page.size,
            "total": len(companies),
            "companies": [tell(company) for company in page.of(companies)],
        }
        return Response(orjson.dumps(document), media_type="application/json")

    def _asked(self, company: str | None) -> Sequence[Company]:
        companies = self._population.companies
        if company is None:
            return companies
        return [one for one in companies if company.lower() in {one.domain, str(one.id)}]

    def _fact(self, company: Company) -> dict[str, object]:
        return {"company": company, "people": self._people.get(company.id, [])}

    def _known(self, company: Company) -> dict[str, object]:
        knowing = {
            name: self._ids_known(view, company)
            for name, view in self._views.items()
            if view.company_by_id(company.id) is not None
        }
        return {"company_id": company.id, "domain": company.domain, "providers": knowing}

    def _ids_known(self, view: View, company: Company) -> list[int]:
        people: Sequence[Person] = self._people.get(company.id, [])
        return [person.id for person in people if view.person_by_id(person.id) is not None]


def _page(request: Request) -> _Page | None:
    try:
        number = int(request.query_params.get("page", "1"))
        size = int(request.query_params.get("per_page", _MOST_PER_PAGE))
    except ValueError:
        return None
    return _Page(number, min(size, _MOST_PER_PAGE)) if number >= 1 and size >= 1 else None
