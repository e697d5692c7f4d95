import orjson
import pytest

from roleferry_enrich.api import examples
from roleferry_enrich.terminal import plans
from roleferry_enrich.terminal.printing import csv_text


@pytest.fixture
def plan() -> dict:
    answers = orjson.loads(orjson.dumps(examples.answers()["enrichContact"]))
    return answers["dry_run"]


def test_a_plan_is_drawn_in_its_order_with_its_cost(plan, drawn):
    drawing = drawn(plans.table(plan))
    asked = [line for line in drawing.splitlines() if line.startswith("│ ") and "$" in line]

    assert [line.split("│")[2].strip() for line in asked] == [a["provider"] for a in plan["asks"]]
    assert f"${plan['cost']['expected_usd']:.4f} expected" in drawing
    assert f"at most ${plan['cost']['max_usd']:.4f}. Nobody was asked." in drawing


def test_who_would_not_be_asked_is_named_with_the_reason(plan, drawn):
    drawing = drawn(plans.table(plan))

    for one in plan["not_asked"]:
        assert f"│ {one['provider']}" in drawing
        assert one["reason"] in drawing


def test_the_named_waterfall_is_told(plan, drawn):
    assert "waterfall thrifty: " in drawn(plans.table({**plan, "waterfall": "thrifty"}))


def test_a_plan_is_a_row_for_each_question(plan):
    heading, *lines = csv_text(plans.sheet(plan)).splitlines()

    columns = "step,provider,capability,needs,chance,min_usd,expected_usd,max_usd"
    assert heading == columns
    assert len(lines) == len(plan["asks"])
