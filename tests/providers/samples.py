"""Documented payloads of the providers: others' data, read where it lies and never kept here."""

from pathlib import Path

import pytest

_SAMPLES = Path(__file__).parents[3] / "shared" / "contracts" / "samples"


def documented(provider: str, name: str) -> bytes:
    """A documented payload; skips the test on a machine that has none beside the repository."""
    path = _SAMPLES / provider / name
    if not path.is_file():
        pytest.skip("no documented samples beside the repository")
    return path.read_bytes()
