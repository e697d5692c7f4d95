from itertools import repeat

from roleferry_enrich.domain.loose_records import LooseRecord
from roleferry_enrich.resolve.rarity import Rarity, rarity_of
from roleferry_enrich.resolve.record_traits import record_traits


def traits(name, city="York"):
    return record_traits(LooseRecord(full_name=name, city=city))


def test_a_rare_value_proves_more_than_a_common_one():
    rarity = rarity_of([*repeat(traits("John Smith"), 900), traits("Zeno Quux")])

    assert rarity.bits(("name smith", "name smith")) < rarity.bits(("name quux", "name quux"))


def test_of_two_spellings_the_commoner_counts():
    rarity = rarity_of(repeat(traits("John Smith"), 900))

    assert rarity.bits(("name smith", "name smiht")) == rarity.bits(("name smith", "name smith"))


def test_in_an_empty_file_strangers_are_what_is_known():
    assert 7 < Rarity().bits(("name smith", "name smith")) < 8
    assert Rarity().prior_bits > Rarity(1_000_000).prior_bits
