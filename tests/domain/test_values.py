"""Values that behave as frozen dataclasses do, and that mypy keeps from being changed."""

from dataclasses import fields, replace
from pathlib import Path

import msgspec
from mypy import api

from roleferry_enrich.domain.values import dataclass

SOURCES = Path(__file__).parents[2] / "src"


@dataclass(frozen=True, slots=True, order=True)
class Weight:
    grams: int
    said_by: tuple[str, ...] = ()


def test_values_are_equal_and_hashed_by_their_members() -> None:
    assert Weight(3) == Weight(3) != Weight(4)
    assert {Weight(3): "three"}[Weight(3)] == "three"
    assert Weight(3) < Weight(4)


def test_values_are_copied_stored_and_slotted_like_any_dataclass() -> None:
    weight = replace(Weight(3, ("ada",)), grams=4)
    assert weight == Weight(4, ("ada",))
    assert [field.name for field in fields(weight)] == ["grams", "said_by"]
    assert msgspec.json.decode(msgspec.json.encode(weight), type=Weight) == weight
    assert not hasattr(weight, "__dict__")


def test_mypy_refuses_to_change_one(tmp_path, monkeypatch) -> None:
    changing = """
from roleferry_enrich.domain.values import dataclass

@dataclass(frozen=True)
class Weight:
    grams: int

Weight(3).grams = 4
"""
    monkeypatch.setenv("MYPYPATH", str(SOURCES))
    said, _, _ = api.run(["--config-file=", f"--cache-dir={tmp_path}", "-c", changing])
    assert 'Property "grams" defined in "Weight" is read-only' in said
