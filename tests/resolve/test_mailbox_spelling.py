import pytest

from roleferry_enrich.resolve.mailbox_spelling import spelling
from roleferry_enrich.resolve.name_alignment import NameWords, name_words

JOHN = name_words("John Andrew Smith")


@pytest.mark.parametrize(
    ("local", "least"),
    [("john.smith", 0.9), ("smith.john", 0.9), ("john.a.smith", 0.9), ("johnsmith", 0.9),
     ("smithjohn", 0.9), ("j.smith", 0.85), ("jsmith", 0.85), ("jasmith", 0.85), ("smithj", 0.85),
     ("johns", 0.85), ("john.s", 0.85), ("johnny.smith", 0.85), ("smith", 0.7), ("john", 0.7),
     ("johnny", 0.7), ("jas", 0.6), ("drsmith99", 0.7)],
)  # fmt: skip
def test_the_name_is_spelt(local, least):
    assert spelling(local, JOHN) >= least


@pytest.mark.parametrize("local", ["mary.jones", "jane.smith", "john.brown"])
def test_another_name_is_spelt(local):
    assert spelling(local, JOHN) < 0.1


@pytest.mark.parametrize("local", ["x1", "sales-3", "boss", "", "q.z"])
def test_nothing_can_be_told(local):
    assert spelling(local, JOHN) is None


def test_a_name_of_one_part():
    assert spelling("hannibal", name_words("Hannibal")) > 0.7
    assert spelling("anna.hall", name_words("Hannibal")) is None
    assert spelling("anna", NameWords((), (), (), "")) is None


def test_a_name_in_two_parts_in_the_mailbox():
    assert spelling("an.na.li.sa", NameWords(("anna",), ("lisa",), (), "")) > 0.9
