"""Hit rates are counted on worlds, and the declared ones held to them."""

from pathlib import Path

from evaluation.hit_rates import Count, counted, rows

from evaluation import hit_rates as module
from roleferry_enrich.providers.catalogue import catalogue

HUNTER = next(o for o in catalogue()["hunter"].offers() if o.capability == "find_email")


def test_a_small_world_is_counted() -> None:
    counts = {f"{c.offer.provider}.{c.offer.capability}": c for c in counted((9,), 10)}

    assert all(0 <= count.found <= count.asked for count in counts.values())
    assert counts["hunter.find_email"].rate.seldom["phone"] < 0.5


def test_a_count_becomes_a_rate() -> None:
    count = Count(HUNTER, asked=10, found=5, spent_on_misses=10, price=10)
    count.fields.update(dict.fromkeys(HUNTER.gives, 5) | {"phone": 1})

    assert count.rate.found == 0.5
    assert count.rate.seldom == {"phone": 0.2}
    assert count.rate.miss == 0.2


def test_the_row_names_what_is_off(monkeypatch) -> None:
    wrong = Count(HUNTER, asked=10, found=10)
    wrong.fields.update(dict.fromkeys(HUNTER.gives, 10))
    monkeypatch.setattr(module, "counted", lambda _: (wrong,))

    (row,) = rows(Path())

    assert not row.holds
    assert row.notes[0].endswith("hunter.find_email: phone")
