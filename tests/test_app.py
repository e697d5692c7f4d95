import os
import subprocess
import sys
from pathlib import Path

import pytest

from roleferry_enrich.api.application import create_api
from roleferry_enrich.app import server_config
from roleferry_enrich.configuration.settings import Settings

SOURCE = Path(__file__).parents[1] / "src"
PROGRAM = """
import sys
import roleferry_enrich.app
unneeded = {
    "alembic", "google.protobuf", "nameparser", "opentelemetry.exporter.otlp", "phonenumbers",
    "requests", "roleferry_enrich.sandbox", "tldextract",
}
print(*sorted(unneeded & sys.modules.keys()))
"""


def test_a_start_imports_nothing_that_it_does_not_need() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        check=True,
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    ("trusted", "sender", "believed"),
    [
        ("10.0.0.7", "10.0.0.7", True),
        ("10.0.0.0/24", "10.0.0.7", True),
        ("10.0.0.7", "10.0.0.8", False),
        ("10.0.0.7", "127.0.0.1", False),
        ("", "127.0.0.1", False),
    ],
)
async def test_only_a_trusted_proxy_is_believed_about_who_calls(
    trusted: str,
    sender: str,
    *,
    believed: bool,
) -> None:
    config = server_config(create_api(), Settings(trusted_proxies=trusted or ()))
    config.load()
    sent = []

    async def send(message) -> None:
        sent.append(message)

    forwarded = [(b"x-forwarded-proto", b"https"), (b"x-forwarded-for", b"203.0.113.9")]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/docs",
        "raw_path": b"/docs",
        "query_string": b"",
        "headers": forwarded,
        "scheme": "http",
        "root_path": "",
        "client": (sender, 5000),
    }
    await config.loaded_app(scope, None, send)

    assert sent[0]["status"] == 200
    told = dict(sent[0]["headers"])
    assert (b"strict-transport-security" in told) is believed
    assert b"server" not in told
