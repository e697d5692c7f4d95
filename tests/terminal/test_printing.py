import json

import pytest
from rich.text import Text

from roleferry_enrich.terminal.printing import Format, Sheet, show

ANSWER = {"full_name": "Siobhán \u202eMcLaughlin", "technologies": ["a", "b"]}


@pytest.mark.parametrize(
    ("form", "start"), [(Format.TABLE, "drawn"), (Format.JSON, "{"), (Format.CSV, "full_name\n")]
)
def test_an_answer_is_printed_in_the_form_asked_for(capsys, form, start):
    show(
        ANSWER,
        form,
        table=lambda answer: Text("drawn"),
        sheet=lambda answer: Sheet(("full_name",), [(answer["full_name"],)]),
    )
    assert capsys.readouterr().out.startswith(start)


def test_json_is_the_answer_itself(capsys):
    show(ANSWER, Format.JSON, table=Text, sheet=lambda answer: Sheet((), []))
    assert json.loads(capsys.readouterr().out) == ANSWER
