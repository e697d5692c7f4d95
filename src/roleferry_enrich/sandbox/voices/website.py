"""Serves the sandbox's web sites: `/<host>/<path>` below the voice is that page of that host."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.sandbox.population import View
from roleferry_enrich.sandbox.websites import web_page

NAME = "website"
WINDOWS: tuple[Window, ...] = ()


def routes(view: View) -> list[Route]:
    def page(request: Request) -> Response:
        host = request.path_params["host"].lower()
        company = view.company_by_domain(host.removeprefix("www."))
        if company is None:
            return Response("no such host", status_code=502)
        path = f"/{request.path_params['path']}"
        found = web_page(company, view.staff(company), host=host, path=path)
        return Response(found.body, status_code=found.status, headers=dict(found.headers))

    return [Route("/{host}/{path:path}", page, methods=["GET"])]


def authorised(request: Request) -> Response | None:  # noqa: ARG001  # part of every voice
    """A public site asks nobody for a key."""
    return None


def throttled(left: int, limit: int, reset: int) -> Response:  # noqa: ARG001
    return Response("Too many requests", status_code=429, headers={"retry-after": str(reset)})


def limit_headers(left: int, limit: int, reset_unix: int) -> dict[str, str]:  # noqa: ARG001
    return {}
