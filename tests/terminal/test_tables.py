import pytest

from roleferry_enrich.api import examples
from roleferry_enrich.terminal import tables


@pytest.fixture
def contact() -> dict:
    return plain("enrichContact")


@pytest.fixture
def leaders() -> dict:
    return plain("findExecutives")


def plain(operation: str) -> dict:
    """The documented example, which is a real answer, as a client gets it."""
    import orjson  # noqa: PLC0415

    answers = orjson.loads(orjson.dumps(examples.answers()[operation]))
    return next(iter(answers.values()))


def line_with(text: str, drawing: str) -> str:
    return next(line for line in drawing.splitlines() if text in line)


def test_every_known_field_is_shown_with_who_said_it(contact, drawn):
    drawing = drawn(tables.enrichment(contact))
    for name, known in contact["provenance"].items():
        line = line_with(f"│ {name} ", drawing)
        assert all(source["provider"] in line for source in known["sources"])
        assert f"{round(known['confidence'] * 100)} %" in line


def test_unknown_fields_take_no_line(contact, drawn):
    unknown = {name for name, value in contact.items() if value is None}
    assert unknown
    drawing = drawn(tables.enrichment(contact))
    assert not [name for name in unknown if f"│ {name} " in drawing]


def test_a_verified_field_is_marked(contact, drawn):
    contact["provenance"]["title"]["verified"] = True
    contact["provenance"]["full_name"]["verified"] = False
    drawing = drawn(tables.enrichment(contact))
    assert "✓" in line_with("│ title ", drawing)
    assert "✓" not in line_with("│ full_name ", drawing)


def test_a_list_is_shown_item_by_item(contact, drawn):
    contact["technologies"] = ["Azure", "Redis"]
    contact["provenance"]["technologies"] = contact["provenance"]["title"]
    assert "Azure, Redis" in drawn(tables.enrichment(contact))


@pytest.mark.parametrize("outcome", ["not_found", "timed_out", "pending", "contract_changed"])
def test_partial_outcomes_are_named_with_their_reason(contact, drawn, outcome):
    line = {**contact["meta"]["providers"][0], "outcome": outcome, "reason": "deadline"}
    line |= {"provider": "clearbit", "cached": None, "cost_usd": 0.1}
    contact["meta"] |= {"status": "partial", "providers": [line]}
    drawing = drawn(tables.enrichment(contact))
    shown = line_with("clearbit", drawing.partition("Providers")[2])
    assert outcome in shown
    assert "deadline" in shown
    assert "$0.1000" in shown
    assert "partial in" in drawing


def test_an_answer_of_nobody_is_shown(contact, drawn):
    nobody = {name: None for name in contact if name not in {"meta", "contact_points"}}
    nobody |= {"provenance": {}, "contact_points": [], "meta": contact["meta"]}
    nobody["meta"] |= {"status": "not_found", "providers": [], "cost_usd": 0}
    assert "not_found in" in (drawing := drawn(tables.enrichment(nobody)))
    assert "for $0 " in drawing


def test_a_cached_answer_says_where_it_was(contact, drawn):
    contact["meta"]["providers"][0]["cached"] = "memory"
    assert "from memory" in drawn(tables.enrichment(contact))


def test_a_sample_is_marked_and_nothing_else_is(contact, drawn):
    assert "SAMPLE" not in drawn(tables.enrichment(contact))
    contact["meta"]["sample"] = True
    assert "SAMPLE DATA" in drawn(tables.enrichment(contact))


def test_executives_are_shown_with_their_company(leaders, drawn):
    drawing = drawn(tables.executives(leaders))
    assert leaders["company"]["firmographics"]["name"] in drawing
    for person in leaders["executives"]:
        line = line_with(person["full_name"], drawing)
        assert all(source in line for source in person["sources"])


def test_an_executive_may_be_known_by_little(leaders, drawn):
    leaders["executives"][0] |= {"full_name": None, "title": None, "contact_points": []}
    assert "Executives" in drawn(tables.executives(leaders))


def test_an_unknown_company_is_said_to_be_one(leaders, drawn):
    leaders |= {"company": None, "executives": []}
    drawing = drawn(tables.executives(leaders))
    assert "Nothing was found." in drawing


@pytest.mark.parametrize("hostile", ["[/red]", "[bold]x", "\\[", "[link=file:///etc]x[/link]"])
def test_brackets_are_no_markup(contact, leaders, drawn, hostile):
    contact["title"] = hostile
    contact["meta"]["providers"][0] |= {"cached": None, "reason": hostile}
    leaders["executives"][0] |= {"full_name": hostile, "sources": [hostile]}
    assert drawn(tables.enrichment(contact)).count(hostile) == 2
    assert drawn(tables.executives(leaders)).count(hostile) == 2
    assert hostile in drawn(tables.rows("Keys", ("name",), [(hostile,)]))


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\x9b31m", "\r\n", "\x07", "\u202e", "\u2028"])
def test_h14_a_value_gives_the_terminal_no_orders(contact, leaders, drawn, hostile):
    contact["title"] = f"before{hostile}after"
    leaders["executives"][0]["full_name"] = f"before{hostile}after"
    for drawing in (drawn(tables.enrichment(contact)), drawn(tables.executives(leaders))):
        assert hostile not in drawing
        assert "before" in line_with("after", drawing)


def test_rows_show_what_is_unknown_as_empty(drawn):
    assert "None" not in drawn(tables.rows("Keys", ("id", "expires"), [("k1", None)]))
