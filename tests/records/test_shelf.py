"""What is written down about rows, and what is read of it."""

import pytest

from roleferry_enrich.records.shelf import Shelf


@pytest.fixture
def shelf():
    shelf = Shelf()
    yield shelf
    shelf.close()


def test_rows_of_one_key_are_a_block_that_knows_whether_the_key_is_faint(shelf):
    shelf.add_keys([("named ada byron", 0), ("named ada byron", 2), ("~host a.test ada", 1)])
    shelf.add_keys([("~host a.test ada", 2), ("identifier 7", 1)])

    assert sorted((sorted(rows), faint) for rows, faint in shelf.blocks()) == [
        ([0, 2], False),
        ([1, 2], True),
    ]


def test_a_pair_with_doubtful_reasons_alone_needs_several(shelf):
    shelf.add_pairs([((0, 1), True), ((1, 2), True), ((0, 1), True), ((0, 2), False)])
    shelf.add_pairs([((0, 2), True)])

    assert list(shelf.pairs(1)) == [(0, 1), (0, 2), (1, 2)]
    assert list(shelf.pairs(2)) == [(0, 1), (0, 2)]
    assert list(shelf.pairs(3)) == [(0, 2)]
