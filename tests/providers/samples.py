"""The payloads providers document, kept beside the repository because they are not ours to copy."""

from pathlib import Path

import pytest

_SAMPLES = Path(__file__).parents[3] / "shared" / "contracts" / "samples"


def documented(provider: str, name: str) -> bytes:
    path = _SAMPLES / provider / name
    if not path.is_file():
        pytest.skip("the providers' documented payloads are not beside this repository")
    return path.read_bytes()
