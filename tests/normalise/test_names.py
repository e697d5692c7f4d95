import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.normalise.diminutives import formal_names, is_other_name, is_short_for
from roleferry_enrich.normalise.names import (
    NAME_LIMIT,
    PersonName,
    _parsed,
    _plain,
    parse_person_name,
    person_name_of_parts,
)
from roleferry_enrich.normalise.text import word_set

WORDS = st.sampled_from(
    sorted(
        word_set(
            'Dr Mr SMITH van der Berg, John J. J.A. Jr III PhD O\'BRIEN de la (Bob) "Bob" and '
            "of the Prince Lord Ma do 王小明 Müller mcdonald , - née al abdul MBA CEO Mac"
        )
    )
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("SMITH, John Andrew", ("John", "Andrew", "Smith")),
        ("John Smith", ("John", "", "Smith")),
        ("john smith", ("John", "", "Smith")),
        ("JOHN SMITH", ("John", "", "Smith")),
        ("J. Smith", ("J.", "", "Smith")),
        ("Smith, J.A.", ("J.", "A.", "Smith")),
        ("J R R Tolkien", ("J.", "R. R.", "Tolkien")),
        ("J.-C. Okonjo", ("J.-C.", "", "Okonjo")),
        ("JP Morrow", ("JP", "", "Morrow")),
        ("O’BRIEN, SEAN", ("Sean", "", "O'Brien")),
        ("VAN DER BERG, Jan", ("Jan", "", "van der Berg")),
        ("Van Jones", ("Van", "", "Jones")),
        ("jean-claude van holt", ("Jean-Claude", "", "van Holt")),
        ("macdonald, ian", ("Ian", "", "MacDonald")),
        ("LLOYD GEORGE, David", ("David", "", "Lloyd George")),
        ("Smith (née Jones), Anna", ("Anna", "", "Smith")),
        ("John Smith | LinkedIn", ("John", "", "Smith")),
        ("John Smith - Sales Director", ("John", "", "Smith")),
        ("Mr Smith", ("", "", "Smith")),
        ("LORD SMITH OF KELVIN", ("", "", "Smith of Kelvin")),
        ("Müller", ("Müller", "", "")),
        ("Prince", ("Prince", "", "")),
        ("王小明", ("", "", "王小明")),
        ("王 小明", ("小明", "", "王")),
        ("ジョン・スミス", ("ジョン", "", "スミス")),
        (", ANNA HALL", ("Anna", "", "Hall")),
        ("\u202eMaria\u200b Lopez", ("Maria", "", "Lopez")),
    ],
)
def test_parts_of_a_name(text, parts):
    name = parse_person_name(text)

    assert name is not None
    assert (name.first, name.middle, name.last) == parts


def test_titles_and_suffixes_are_told_apart():
    name = parse_person_name("Prof. Dr. John Smith Jr., PhD, MBA")

    assert name == PersonName(
        first="John", last="Smith", honorific="Prof Dr", suffix="Jr", credentials="PhD, MBA"
    )


@pytest.mark.parametrize(("text", "suffix"), [("John Smith III", "III"), ("Smith Jr, John", "Jr")])
def test_the_generation_is_kept(text, suffix):
    name = parse_person_name(text)

    assert name is not None
    assert (name.full, name.suffix) == ("John Smith", suffix)


@pytest.mark.parametrize(
    ("text", "last"), [("'ABD AL-RAHMAN 'UBAYD", "Ubayd"), ("Isa 'Ubayd Nasser", "Nasser")]
)
def test_an_apostrophe_in_front_of_a_word_opens_no_nickname(text, last):
    name = parse_person_name(text)

    assert name is not None
    assert (name.last, name.nickname) == (last, "")


@pytest.mark.parametrize("title", ["Doña", "HRH", "Ms", "Dott.", "Dipl.-Ing."])
def test_an_honorific_is_no_given_name(title):
    name = parse_person_name(f"{title} Maria Lopez")

    assert name is not None
    assert name.short == "Maria Lopez"


def test_nicknames_in_quotes_or_brackets():
    for text in ('Robert "Bob" Jones', "Robert Jones (Bob)"):
        name = parse_person_name(text)
        assert name is not None
        assert (name.full, name.nickname) == ("Robert Jones", "Bob")


@pytest.mark.parametrize(
    "text", ["", "  ", "!!", "123", "ada@acme.test", "https://a.test/b", ",", "& Jr"]
)
def test_what_is_no_name(text):
    assert parse_person_name(text) is None


def test_a_text_without_a_stable_reading_is_no_name():
    assert parse_person_name("- née the van") is None
    assert parse_person_name("李 abdul 王小明 of der") is None


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=7).map(" ".join)))
def test_reading_a_name_again_changes_nothing(text):
    name = parse_person_name(text)
    if name is None:
        return

    again = parse_person_name(name.full)

    assert again is not None
    assert again.full == name.full
    assert len(name.full.encode()) <= NAME_LIMIT + 50


ORDINARY = word_set(
    "Ada Byron King Sultan abd O'Brien Smith-Jones Xi JC McDonald Abdul abu Ní Mohammed Müller ben "
    "bin van der de la J. A. J.A. V. E. J.-C. Иван Петров محمد al-Assad W Y. ibn नरेन्द्र Dr Mr. Jr"
)


@given(st.lists(st.sampled_from(sorted(ORDINARY)), min_size=1, max_size=6), st.integers(0, 5))
def test_ordinary_names_read_as_the_parser_reads_them(spelt, comma):
    text = " ".join(f"{word}," if place == comma else word for place, word in enumerate(spelt))
    plain = _plain(text)

    assert plain is None or plain == _parsed(text)


def test_a_name_is_written_in_its_own_reading_order():
    assert parse_person_name("王 小明").full == "王 小明"
    assert parse_person_name("王 小明").short == "王 小明"


def test_parts_given_apart_are_not_guessed_at():
    name = person_name_of_parts("JEAN PAUL", "DE LA TOUR", middle="Marie", honorific="M.")

    assert name == PersonName(first="Jean", middle="Paul Marie", last="de la Tour", honorific="M")


def test_one_part_is_enough():
    assert person_name_of_parts("J.A.", None) == PersonName(first="J.", middle="A.")
    assert person_name_of_parts(None, "SMITH") == PersonName(last="Smith")
    assert person_name_of_parts(" ", "") is None


def test_the_key_is_equal_for_spellings_of_one_name():
    keys = {parse_person_name(t).key for t in ("SMITH-JONES, Zoë", "Zoe Smith Jones")}

    assert keys == {"zoe smith jones"}


@pytest.mark.parametrize(
    ("short", "full"),
    [("bob", "robert"), ("ted", "theodore"), ("sasha", "alexander"), ("paco", "francisco")],
)
def test_short_forms(short, full):
    assert is_short_for(short, full)
    assert full in formal_names(short)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("christian", "christina"),
        ("francesco", "francesca"),
        ("stefan", "stefanie"),
        ("simon", "simone"),
        ("philip", "philippa"),
        ("michel", "michelle"),
        ("mario", "maria"),
    ],
)
def test_names_a_letter_apart_that_are_two(left, right):
    assert is_other_name(left, right)
    assert is_other_name(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [("philip", "phillip"), ("erik", "eric"), ("dmitry", "dmitriy"), ("sergi", "sergei")],
)
def test_spellings_of_one_given_name(left, right):
    assert not is_other_name(left, right)


def test_a_full_name_is_short_for_nothing_else():
    assert not is_short_for("john", "john")
    assert not is_short_for("john", "peter")
