import os
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
PROGRAM = """
import sys
from roleferry_enrich.normalise.first_use import load_tables
load_tables()
loaded = set(sys.modules)
from roleferry_enrich.normalise.diminutives import is_short_for
from roleferry_enrich.normalise.domains import parse_domain
from roleferry_enrich.normalise.emails import parse_email
from roleferry_enrich.normalise.names import parse_person_name
from roleferry_enrich.normalise.phones import parse_phone
assert is_short_for("bob", "robert")
assert parse_domain("https://www.quillmere.co.uk/team") == "quillmere.co.uk"
assert parse_email("Orla <orla@quillmere.test>") == "orla@quillmere.test"
assert parse_person_name("FENWICK, Prof. Orla van der, PhD")
assert parse_phone("+44 7700 900347", None) == "+447700900347"
print(*(set(sys.modules) - loaded))
"""


def test_no_request_imports_after_the_tables_are_loaded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        check=True,
    )
    assert done.stdout.split() == []
