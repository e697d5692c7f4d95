"""No table can be forgotten when a person is erased."""

import importlib
import pkgutil

from roleferry_enrich import storage
from roleferry_enrich.privacy.ways import WAYS, Follows, HoldsNobody, Searched
from roleferry_enrich.storage.columns import metadata

# Whatever module declares a table, it is known from here on.
for module in pkgutil.iter_modules(storage.__path__, f"{storage.__name__}."):
    if not module.ispkg:
        importlib.import_module(module.name)


def test_every_table_has_its_way_of_erasure_or_a_reason_for_none():
    assert set(WAYS) == set(metadata.tables)


def test_what_follows_another_table_is_deleted_with_it():
    for name, way in WAYS.items():
        if isinstance(way, Follows):
            cascades = [
                key
                for key in metadata.tables[name].foreign_key_constraints
                if key.referred_table.name == way.table
            ]
            assert [key.ondelete for key in cascades] == ["CASCADE"], name


def test_columns_that_are_searched_exist():
    for name, way in WAYS.items():
        match way:
            case Searched(place):
                assert place.table.name == name
                assert {*place.texts, *place.ids} <= set(place.table.c.keys())
            case HoldsNobody(why):
                assert why
