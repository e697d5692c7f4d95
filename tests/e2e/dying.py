"""A process that does what a request asks for, and is killed before it can answer.

python tests/e2e/dying.py <API key> <Idempotency-Key> <body as JSON>
"""

import asyncio
import json
import os
import signal
import sys

import httpx
from starlette.types import Message, Receive, Scope, Send

from roleferry_enrich.app import create_app
from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.embedded import servers_of


async def main(token: str, key: str, body: str) -> None:
    settings = read_settings()
    with servers_of(settings) as servers:
        app = create_app(settings, servers)

        async def dying(scope: Scope, receive: Receive, send: Send) -> None:
            async def killed(message: Message) -> None:
                if message["type"] == "http.response.start":
                    os.kill(os.getpid(), signal.SIGKILL)
                await send(message)

            await app(scope, receive, killed)

        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(dying),
                base_url="http://dying.test",
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
                timeout=60,
            ) as client,
        ):
            answer = await client.post("/enrich", json=json.loads(body))
            raise AssertionError(f"answered with {answer.status_code}")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
