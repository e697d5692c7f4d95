"""The providers' documented payloads, which are others' data and so lie beside the repository."""

from pathlib import Path

import pytest

_FOLDER = Path(__file__).parents[2].parent / "shared" / "contracts" / "samples"


def documented(provider: str, name: str) -> bytes:
    """A documented payload as published; the test is skipped where they have not been fetched."""
    path = _FOLDER / provider / name
    if not path.is_file():
        pytest.skip("documented payloads are kept in ../shared/contracts/samples, absent here")
    return path.read_bytes()
