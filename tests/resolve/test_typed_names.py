import pytest

from roleferry_enrich.resolve.typed import Typed
from roleferry_enrich.resolve.typed_names import typed_names_alike

ADA = Typed(given="ada", family="byron")


@pytest.mark.parametrize(
    ("other", "least", "most"),
    [
        (ADA, 1.0, 1.0),
        (Typed(given="ada", family="bryon"), 0.9, 1.0),
        (Typed(given="byron", family="ada"), 0.9, 0.96),
        (Typed(given="ada"), 0.85, 0.95),
        (Typed(given="a", family="byron"), 0.7, 0.8),
        (Typed(), 0.5, 0.5),
        (Typed(family="cole"), 0.0, 0.2),
        (Typed(given="mary", family="byron"), 0.0, 0.25),
        (Typed(given="bo", family="cole"), 0.0, 0.0),
    ],
)
def test_names_as_typed(other, least, most):
    assert least <= typed_names_alike(ADA, other).score <= most
    assert typed_names_alike(ADA, other).score == typed_names_alike(other, ADA).score


def test_it_says_which_values_it_took_for_the_same():
    found = typed_names_alike(ADA, Typed(given="bryon", family="ada"))

    assert set(found.matched) == {("name ada", "name ada"), ("name byron", "name bryon")}
    assert "exchanged" in found.why
