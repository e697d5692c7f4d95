import pytest

from roleferry_enrich.resolve.acronyms import letters_explained, without_acronym


@pytest.mark.parametrize(
    ("short", "long", "letters"),
    [
        ("qim", "quillmere instrument makers", 3),
        ("nqim", "north quillmere instrument makers", 4),
        ("nqi", "north quillmere and instruments", 3),
        ("q and i", "quillmere and instruments", 3),
        ("at and t", "ardenhall telephone and telegraph", 3),
        ("qi healthcare", "quillmere instruments healthcare", 3),
        ("qi", "quillmere instruments", 2),
        ("qim", "quillmere instrument makers qim", 3),
        ("q", "quillmere", 0),
        ("qi", "quillmere instrument makers", 0),
        ("qi health", "quillmere instruments energy", 0),
        ("qx", "quillmere instruments", 0),
        ("quillmere", "quillmere instruments", 0),
        ("quillmere", "quillmere", 0),
        ("of the", "quillmere", 0),
        ("", "quillmere", 0),
    ],
)
def test_letters_that_are_initials(short, long, letters):
    one, other = tuple(short.split()), tuple(long.split())

    assert letters_explained(one, other) == letters_explained(other, one) == letters


def test_letters_that_repeat_the_name():
    assert without_acronym(("north", "quillmere", "nq")) == ("north", "quillmere")
    assert without_acronym(("north", "quillmere", "ab")) == ("north", "quillmere", "ab")
    assert without_acronym(("north", "n")) == ("north", "n")
