"""`python -m benchmarks.bare PORT`: a FastAPI application that does nothing but answer bytes.

A POST is answered with the bytes of the last PUT, so that both sides send the same.
"""

import sys
from typing import Annotated

import uvicorn
from fastapi import Body, FastAPI, Request, Response
from pydantic import BaseModel


class Asked(BaseModel):
    email: str


def application() -> FastAPI:
    app = FastAPI()
    answers = [b"{}"]

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @app.put("/enrich")
    async def keep(request: Request) -> Response:
        answers[0] = await request.body()
        return Response(status_code=204)

    @app.post("/enrich")
    async def enrich(asked: Annotated[Asked, Body()]) -> Response:
        assert asked.email
        return Response(answers[0], media_type="application/json")

    return app


def main() -> None:
    uvicorn.run(
        application(),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_config=None,
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    main()
