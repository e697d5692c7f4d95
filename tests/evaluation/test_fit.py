"""The fitted table: reproducible, drawn towards the prior, and the module it is written as."""

import ast
from pathlib import Path

from evaluation.fit import Counts, fitted
from evaluation.rehearsal import world

from roleferry_enrich.resolve import trust
from roleferry_enrich.resolve.matters import Matter

WORLDS = [(9, 4)]


def test_the_same_worlds_give_the_same_module():
    once, again = (fitted([world(seed, size) for seed, size in WORLDS]) for _ in range(2))

    assert once == again


def test_what_is_written_is_a_module_with_every_table():
    tables = {
        target.id
        for node in ast.parse(fitted([world(seed, size) for seed, size in WORLDS])).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }

    assert tables == {name for name in vars(trust) if name.isupper()}


def test_the_module_in_use_was_written_by_the_fit():
    text = Path(trust.__file__).read_text()
    written = fitted([world(seed, size) for seed, size in WORLDS])

    assert text.splitlines()[0] == written.splitlines()[0]
    assert [line for line in text.splitlines() if line.startswith('"""')] == [
        line for line in written.splitlines() if line.startswith('"""')
    ]


def test_an_origin_hardly_seen_is_taken_for_an_ordinary_one():
    counts = Counts()
    counts.statement(Matter.TITLE, "rare", right=False)
    for _ in range(2_000):
        counts.statement(Matter.TITLE, "often", right=False)

    assert counts.trust(Matter.TITLE)["rare"] > 0.8
    assert counts.trust(Matter.TITLE)["often"] == 0.3
