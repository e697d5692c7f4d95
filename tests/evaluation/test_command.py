"""`python -m evaluation`: its rows, its exit code, and what it says of data that is not there."""

import pytest
from evaluation.cold import microseconds_a_pair, spent
from evaluation.labelled_pairs import FILE

from evaluation import __main__ as command

NAMES = [
    ("Person", f"Ada {first}", f"{first}, Ada" if same else f"Eva {second}", same)
    for first, second in (("Byron", "Hall"), ("Nosov", "Moor"), ("Lopez", "Berg"), ("Ito", "Abe"))
    for same in (True, False)
]


@pytest.fixture
def data(tmp_path):
    lines = [f'{schema},"{left}","{right}",{same}' for schema, left, right, same in NAMES]
    header = "schema,name1,name2,is_match"
    (tmp_path / FILE).write_text("\n".join((header, *lines)))
    return tmp_path


@pytest.mark.parametrize("name", command.ROWS)
def test_every_row_says_which_data_it_misses(name, tmp_path, capsys):
    assert command.main([name, "--data", str(tmp_path)]) == 0
    assert f"{name}: not measured, " in capsys.readouterr().out


def test_each_figure_stands_beside_its_bar(data):
    rows = list(command.rows_of("person_names", data))

    assert [row.name.partition(": ")[2] for row in rows] == [
        "F1 at threshold",
        "precision at threshold",
        "recall at precision 0.90",
        "cost of a pair, cold",
    ]
    assert [row.value for row in rows[:3]] == [1.0, 1.0, 1.0]


def test_a_miss_is_the_exit_code(data, monkeypatch):
    (data / FILE).write_text("schema,name1,name2,is_match\nPerson,Ada Hall,Ada Hall,false")
    monkeypatch.setattr("evaluation.names.microseconds_a_pair", lambda row, data: 1.0)

    assert command.main(["person_names", "--data", str(data)]) == 1


def test_an_unknown_row_is_refused(capsys):
    with pytest.raises(SystemExit):
        command.main(["horoscopes"])
    assert "person_names" in capsys.readouterr().err


def test_the_cost_is_taken_in_a_new_process_and_each_pair_is_compared_once(data):
    seen = []
    spent(lambda left, right: seen.append((left, right)), [("a", "b"), ("c", "d")])

    assert seen[-2:] == [("a", "b"), ("c", "d")]
    assert microseconds_a_pair("person_names", data) > 0
