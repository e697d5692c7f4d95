"""`make sbom` ends with this: reads what cyclonedx-py made of the lock, prints the plain form."""

import json
import sys
from pathlib import Path

from tests.supply.plain_sbom import plain

if __name__ == "__main__":
    made = plain(json.load(sys.stdin), Path("requirements.lock").read_text(encoding="utf-8"))
    sys.stdout.write(json.dumps(made, indent=2, sort_keys=True) + "\n")
