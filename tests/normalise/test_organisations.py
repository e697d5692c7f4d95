import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.normalise.organisations import looks_like_organisation, parse_organisation
from roleferry_enrich.normalise.text import word_set

WORDS = st.sampled_from(
    sorted(
        word_set(
            "ACME Acme & Co. Ltd Limited SE SPA S.p.A. AG GmbH KG The Group (UK) T/A OOO и , - "
            "株式会社 bank LLC Spa and of dba Oy SC SRL M/s Ltée Stichting A.E. "
            "(The) AcmeAG AcmeLtd. Forty 42 IV .com (in liquidation) i.L. dissolved formerly "
        )
    )
)


@pytest.mark.parametrize(
    ("text", "name", "form"),
    [
        ("QUILLMERE INSTRUMENTS LIMITED", "Quillmere Instruments", "limited"),
        ("Quillmere AG", "Quillmere", "aktiengesellschaft"),
        ("Quillmere Sp. z o.o.", "Quillmere", "spolka"),
        ("Quillmere S.A. de C.V.", "Quillmere", "sociedad anonima"),
        ("Quillmere GmbH & Co. KG", "Quillmere", "gmbh & co kg"),
        ("Quillmere & Co Ltd", "Quillmere & Co", "limited"),
        ("OOO Quillmere", "Quillmere", "limited liability company"),
        ("PT Quillmere (Persero) Tbk", "Quillmere", "public limited"),
        ("AB Quillmere", "Quillmere", "aktiebolag"),
        ("株式会社トキワ", "トキワ", None),
        ("Quillmere S.p.A.", "Quillmere", "sociedad anonima"),
        ("Serenity Spa", "Serenity Spa", None),
        ("SERENITY SPA LIMITED", "Serenity Spa", "limited"),
        ("QM P.L.C.", "QM", "public limited"),
        ("QUILLMERE (UK) LTD", "Quillmere (UK)", "limited"),
        ("QRST", "QRST", None),
        ("BANK OF THE NORTH PLC", "Bank of the North", "public limited"),
        ("3Q GROUP PLC", "3Q Group", "public limited"),
        ("Ltd", "Ltd", None),
        ("- Quillmere)", "Quillmere", None),
        ("株式会社", "株式会社", None),
        ("Quillmere : SE", "Quillmere", "societas europaea"),
        ("quillmere.test", "quillmere.test", None),
        ("Quillmere sp. z o. o.", "Quillmere", "spolka"),
        ("Quillmere spol. s r.o.", "Quillmere", "central european"),
        ("Quillmere S.à r.l.", "Quillmere", "sarl"),
        ("Quillmere e.K.", "Quillmere", "einzelkaufmann"),
        ("Quillmere Unipessoal Lda.", "Quillmere", "limited"),
        ("QuillmereAG", "Quillmere", "aktiengesellschaft"),
        ("QUILLMERE DAC", "Quillmere", "limited"),
        ("Quillmere Ltée", "Quillmere", "limited"),
        ("Quillmere San. ve Tic. A.Ş.", "Quillmere", "turkish"),
        ("Quillmere A.E.", "Quillmere", "greek"),
        ("Quillmere Oy", "Quillmere", "osakeyhtio"),
        ('Quillmere בע"מ', "Quillmere", "middle east"),
        ("SC Quillmere SRL", "Quillmere", "srl"),
        ("SC Quillmere", "SC Quillmere", None),
        ("LLC Quillmere", "Quillmere", "limited liability company"),
        ('Limited Liability Company "Quillmere"', "Quillmere", "limited liability company"),
        ("Stichting Quillmere", "Quillmere", "stichting"),
        ("M/s Quillmere Pvt Ltd", "Quillmere", "limited"),
        ("Quillmere, Inc., The", "Quillmere", "incorporated"),
        ("The The", "The", None),
        ("Quillmere Ltd (in liquidation)", "Quillmere", "limited"),
        ("Quillmere Limited in administration", "Quillmere", "limited"),
        ("Quillmere GmbH i.L.", "Quillmere", "gmbh"),
        ("Quillmere (in liquidation) Ltd", "Quillmere", "limited"),
        ("in liquidation", "in liquidation", None),
        ("Открытое акционерное общество Ромашка", "Ромашка", "joint stock"),
        ("Товариство з обмеженою відповідальністю Ромашка", "Ромашка", "limited liability company"),
        ("ПрАТ Ромашка", "Ромашка", "joint stock"),
        ("Công ty TNHH Quillmere", "Quillmere", "limited"),
        ("บริษัท โรมัชก้า จำกัด (มหาชน)", "โรมัชก้า", None),
        ("Société Anonyme Quillmere", "Quillmere", "sociedad anonima"),
        ("Quillmere Kommanditgesellschaft auf Aktien", "Quillmere", "kommanditgesellschaft"),
        ("Quillmere společnost s ručením omezeným", "Quillmere", "central european"),
        ("Quillmere Gesellschaft m.b.H.", "Quillmere", "gmbh"),
    ],
)
def test_names_and_forms(text, name, form):
    parsed = parse_organisation(text)

    assert (parsed.name, parsed.legal_form) == (name, form)


def test_a_trading_name_is_told_apart():
    parsed = parse_organisation("Quillmere Ltd T/A Widget World")

    assert (parsed.name, parsed.also_known_as) == ("Quillmere", "Widget World")
    assert (
        parse_organisation("Quillmere Ltd (formerly Widget World)").also_known_as == "Widget World"
    )
    assert parse_organisation("- T/A Widget World").also_known_as is None
    assert parse_organisation("Quillmere T/A -").also_known_as is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("The Quillmere Company", "QUILLMERE CO."),
        ("Smith & Jones", "Smith and Jones Ltd"),
        ("Quillmère, Inc.", "quillmere"),
        ("L.X.C. Aviation", "LXC Aviation"),
        ("Quillmere & Co", "Quillmere"),
    ],
)
def test_spellings_of_one_name(left, right):
    assert parse_organisation(left).key == parse_organisation(right).key


def test_group_and_holding_stay_in_the_name():
    keys = {parse_organisation(n).key for n in ("Acme", "Acme Group", "Acme Holdings Ltd")}

    assert len(keys) == 3


@pytest.mark.parametrize("text", ["", "!!", "&"])
def test_what_is_no_name(text):
    assert parse_organisation(text) is None


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=7).map(" ".join)))
def test_reading_a_name_again_changes_nothing(text):
    parsed = parse_organisation(text)
    if parsed is not None:
        again = parse_organisation(parsed.name)
        assert again is not None
        assert (again.name, again.key) == (parsed.name, parsed.key)


def test_companies_in_the_place_of_people():
    assert looks_like_organisation("QUILLMERE NOMINEES LIMITED")
    assert looks_like_organisation("Quillmere (Secretaries) Ltd")
    assert not looks_like_organisation("SMITH, John")
    assert not looks_like_organisation("Limited")
