import os
import subprocess
import sys
from pathlib import Path

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
