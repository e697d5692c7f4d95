"""Reading judged pairs, and keeping the half one tunes on apart from the half one reports."""

import pytest
from evaluation.labelled_pairs import FILE, Pair, halves, read_pairs

TABLE = """schema,name1,name2,is_match,category
Person,Ada Byron,"BYRON, Ada",true,
Person,Ada Byron,"BYRON, Ada",true,again
Person,Ada Byron,Eva Byron,false,
Vessel,Nadir,Zenith,false,
"""


def test_pairs_of_the_schemas_asked_for_each_once(tmp_path):
    (tmp_path / FILE).write_text(TABLE)

    assert read_pairs(tmp_path, {"Person"}) == (
        Pair("Ada Byron", "BYRON, Ada", same=True),
        Pair("Ada Byron", "Eva Byron", same=False),
    )


def test_absent_data_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=FILE):
        read_pairs(tmp_path, {"Person"})


def test_each_pair_is_in_one_half_whichever_way_round_it_is_written():
    pairs = [Pair(f"Ada {n}", f"Byron {n}", same=True) for n in range(100)]
    tuning, reported = halves(pairs)

    assert sorted(map(str, (*tuning, *reported))) == sorted(map(str, pairs))
    assert 30 < len(tuning) < 70
    for pair in pairs:
        assert Pair(pair.right, pair.left, same=False).is_for_tuning == (pair in tuning)
