"""A voice small enough to test the sandbox with: two routes and three requests a minute."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from roleferry_enrich.providers.contract import Window
from roleferry_enrich.sandbox.population import View

KEY = {"X-Api-Key": "test-key-stub"}


class StubVoice:
    def __init__(self, name: str = "apollo", windows: tuple[Window, ...] = ()) -> None:
        self.NAME = name
        self.WINDOWS = windows
        self.LANES = {"/v1/echo": (Window(1, timedelta(hours=1)),)} if windows else {}

    def routes(self, view: View) -> list[Route]:
        async def person(request: Request) -> Response:
            found = view.person_by_email(request.query_params["email"])
            return JSONResponse({"name": found and found.full_name})

        async def echo(request: Request) -> Response:
            return JSONResponse(await request.json())

        return [Route("/v1/person", person), Route("/v1/echo", echo, methods=["POST"])]

    def authorised(self, request: Request) -> Response | None:
        if request.headers.get("x-api-key", "").startswith("test-key"):
            return None
        return JSONResponse({"error": "who are you"}, 401)

    def throttled(self, left: int, limit: int, reset: int) -> Response:
        return JSONResponse({"error": "slow down", "reset": reset}, 429, {"retry-after": "60"})

    def limit_headers(self, left: int, limit: int, reset_unix: int) -> dict[str, str]:
        return {"x-left": str(left), "x-limit": str(limit), "x-reset": str(reset_unix)}


TINY = (Window(3, timedelta(hours=1)), Window(100, timedelta(hours=2)))
