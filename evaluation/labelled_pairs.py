"""Pairs of names that people judged, and their two halves: one to tune on, one to report."""

import csv
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

FILE = "name_pairs_dev.csv"
"""Columns `schema`, `name1`, `name2`, `is_match`, as in nomenklatura's name_bench."""


@dataclass(frozen=True, slots=True)
class Pair:
    left: str
    right: str
    same: bool

    @property
    def is_for_tuning(self) -> bool:
        """Half of all pairs; told by the names alone, so that new pairs move no old one."""
        names = "\n".join(sorted((self.left, self.right)))
        return hashlib.sha256(names.encode()).digest()[0] % 2 == 0


def read_pairs(data: Path, schemas: Collection[str]) -> tuple[Pair, ...]:
    """The pairs of these schemas, each once. Raises FileNotFoundError where the file is absent."""
    with (data / FILE).open(encoding="utf-8", newline="") as lines:
        found = {
            Pair(line["name1"], line["name2"], line["is_match"].lower() == "true"): None
            for line in csv.DictReader(lines)
            if line["schema"] in schemas
        }
    return tuple(found)


def halves(pairs: Iterable[Pair]) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """The half to tune on, whose mistakes may be looked at, and the half to report."""
    known = tuple(pairs)
    return (
        tuple(pair for pair in known if pair.is_for_tuning),
        tuple(pair for pair in known if not pair.is_for_tuning),
    )
