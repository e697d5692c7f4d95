import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.resolve.statements import email, officer, person

from roleferry_enrich.domain.people import BirthMonth, Deliverability, PhoneClaim, PhoneKind
from roleferry_enrich.normalise.text import word_set
from roleferry_enrich.resolve.comparisons import (
    NAME_ONLY,
    SAME,
    mailboxes,
    organisation_name,
    person_name,
)
from roleferry_enrich.resolve.evidence import PERSON_COMPARISONS, same_person
from roleferry_enrich.resolve.name_alignment import NameWords
from roleferry_enrich.resolve.person_names import words_alike
from roleferry_enrich.resolve.traits import traits_of


def same(left, right):
    return same_person(traits_of(left), traits_of(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("John Smith", "SMITH, John"),
        ("SMITH, John Andrew", "John Smith"),
        ("SMITH, John Andrew", "John A. Smith"),
        ("Dr. John Smith MBA", "john smith"),
        ("Bob Jones", "Robert Jones"),
        ("Robert 'Bob' Jones", "Bob Jones"),
        ('Aleksandra "Ola" Nowak', "Ola Nowak"),
        ("Zoë Müller", "Zoe Mueller"),
        ("Jean-Claude Morel", "Jean Claude Morel"),
        ("JeanClaude Morel", "Jean-Claude Morel"),
        ("Fridrich Bosker", "Friedrich Bosker"),
        ("Anna Smith-Jones", "Anna Jones"),
        ("Jan van der Berg", "Jan Berg"),
        ("Anna Maria Lopez Cruz", "Lopez Cruz Anna Maria"),
        ("Владимир Носов", "Vladimir Nosov"),
        ("Usama bin Ladin", "Osama bin Laden"),
        ("FridrichBosker", "Friedrich Bosker"),
        ("Gabriel García", "Gabriel García Márquez"),
        ("Bill Harlow", "Will Harlow"),
        ("Theo Nowak", "Theofanis Nowak"),
        ("Steven Harlow", "Stephen Harlow"),
        ("Volodymyr Nosov", "Vladimir Nosov"),
        ("Kolya Nosov", "Mykola Nosov"),
        ("Philipp Bosker", "Philippe Bosker"),
        ("Dmitry Nosov", "Dmitriy Nosov"),
        ("'Abd Al-Rahman Nasser", "Abd al-Rahman Nasser"),
        ("ジョン・スミス", "ジョン スミス"),
        ("Dipl.-Ing. Hans Bosker", "Hans Bosker"),
        ("AL BEN NASSER, Isa Ben Tarif", "Shaikh Isa Bin Tarif Al Bin Nasser"),
    ],
)
def test_two_spellings_of_one_persons_name(left, right):
    assert person_name(left, right).score >= SAME


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("John Smith", "Jane Smith"),
        ("John Smith", "John Brown"),
        ("John Andrew Smith", "John Bernard Smith"),
        ("J. Smith", "K. Smith"),
        ("John Smith Jr.", "John Smith Sr."),
        ("Karen Hill", "Daren Hill"),
        ("Kim Lee", "Kim Roe"),
        ("Ada", "Eva"),
        ("Christian Bosker", "Christina Bosker"),
        ("Daniel Bosker", "Daniela Bosker"),
        ("Martin Morel", "Martine Morel"),
        ("Pascal Morel", "Pascale Morel"),
        ("Philip Harlow", "Philippa Harlow"),
        ("Stefan Bosker", "Stefanie Bosker"),
        ("Mario Rossi", "Maria Rossi"),
        ("Salman bin Nasser al-Rawi", "Nasser bin Salman al-Rawi"),
        ("Oleksandr Nosov", "Petro Oleksandrovych Nosov"),
        ("'ABD AL-RAHMAN AL-DOSARI", "'ABD AL-RAHMAN AL-'ANIZI"),
        ("N.N.", "Nadia Nosova"),
        ("John Ross", "John Rose"),
        ("John Roberts", "John Robertson"),
        ("James Thomas", "James Thomas Harlow"),
    ],
)
def test_names_of_two_people(left, right):
    assert person_name(left, right).score < 0.6


@pytest.mark.parametrize(
    ("left", "right"), [("J. Smith", "John Smith"), ("JP Morel", "Jean-Paul Morel")]
)
def test_initials_are_possible_not_proof(left, right):
    assert 0.55 < person_name(left, right).score < 0.85


@pytest.mark.parametrize(("left", "right"), [("王小明", "Xiaoming Wang"), ("!!", "John Smith")])
def test_what_cannot_be_compared_decides_nothing(left, right):
    assert person_name(left, right).score == 0.5


def test_exchanged_names_are_weaker():
    straight = person_name("Hans Friedrich", "Hans Friedrich").score

    assert person_name("Friedrich Hans", "Hans Friedrich").score < straight - 0.2


def test_being_known_by_the_second_name():
    assert 0.5 < person_name("Boris Milne", "Alexander Boris Milne").score < 0.9


def test_parts_that_do_not_meet_decide_nothing():
    given = NameWords(given=("ada", "maria"), family=(), nickname=(), generation="")
    family = NameWords(given=(), family=("byron", "hall"), nickname=(), generation="")

    assert words_alike(given, family).score == 0.5


def test_single_names():
    assert 0.6 < person_name("Hannibal", "Hannibal").score < 0.9


PIECES = st.lists(
    st.sampled_from(
        sorted(
            word_set(
                "Ada BYRON, J. J.A. JP Bob Robert bin al-Rawi 'Abd (Bob) Jr III de la van 김정은 "
                "王小明 ジョン・スミス محمد Quillmere Quill mere Group QIM & and Q 42 Forty "
                "two IV Ltd GmbH T/A The Sweden Trust bank .com"
            )
        )
    ),
    max_size=6,
).map(" ".join)


@given(st.one_of(st.text(max_size=30), PIECES), st.one_of(st.text(max_size=30), PIECES))
def test_a_name_alone_is_never_certain_and_works_both_ways(left, right):
    for compare in (person_name, organisation_name):
        forth, back = compare(left, right), compare(right, left)
        assert 0.0 <= forth.score <= 0.95
        assert forth.score == pytest.approx(back.score)
        assert forth.why


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Quillmere AG", "Quillmere Aktiengesellschaft"),
        ("QUILLMERE INSTRUMENTS LIMITED", "Quillmere Instruments"),
        ("The Quillmere & Sons Company", "Quillmere and Sons"),
        ("Good Will Company", "Goodwill Company"),
        ("Quilmere Instruments", "Quillmere Instruments"),
        ("First Quillmere Bank", "1st Quillmere Bank"),
        ("Brigade Forty-Two", "Brigade 42"),
        ("U.S. Quillmere Mfg. Co.", "United States Quillmere Manufacturing"),
        ("Quillmere.com, Inc.", "Quillmere"),
        ("JP Quillmere Bank", "J.P. Quillmere Bank"),
        ("Quill Mere Trading Systems", "Quillmere Trading System"),
        ("Quillmere Ltd T/A Widget World", "Widget World"),
        ("North Quillmere Instrument Makers", "NQIM"),
        ("ЗАО «Квилмер»", "Kvilmer ZAO"),
        ("Quillmere S.à r.l.", "QUILLMERE SARL"),
        ("Instruments Quillmere", "Quillmere Instruments"),
        ("Quillmere Ltd (formerly Widget World)", "Widget World"),
        ("North Quillmere Petroleum Corporation", "NQPC"),
        ("St. Quillmere Hospital", "Saint Quillmere Hospital"),
        ("Quillmere Pharma", "Quillmere Pharmaceuticals"),
        ("20th Quillmere", "Twentieth Quillmere"),
        ("44th Quillmere", "Forty-Fourth Quillmere"),
        ("Quillmere No. 44", "Quillmere 44"),
        ("Quillmere 100%", "Quillmere 100 Percent"),
        ("Inquillmere", "Nquillmere"),
        ("Quillmere Instruments Coporation", "Quillmere Instruments Corporation"),
        ("Quillmere Compnay", "The Quillmere Company"),
        ("QIM Quillmere Instrument Makers", "Quillmere Instrument Makers"),
    ],
)
def test_two_spellings_of_one_companys_name(left, right):
    assert organisation_name(left, right).score >= SAME


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Quillmere Instruments", "Ardenhall Instruments"),
        ("LXC Aviation", "LAU Aviation"),
        ("BP plc", "BD plc"),
        ("Trust 2004-1", "Trust 2004-2"),
        ("Quillmere 4 Ltd", "Quillmere 5 Ltd"),
        ("Global Services", "Global Solutions"),
        ("Norwood Falls Quillmere", "Norwood Hills Ardenhall"),
        ("Quillmere", "Quillmere Group"),
        ("Quillmere Holdings", "Quillmere Ltd"),
        ("Quillmere", "Quillmere (Deutschland) GmbH"),
        ("Quillmere Sweden", "Quillmere Finland"),
        ("Quillmere Enterprise Solutions", "Quillmere Technology Enterprise"),
        ("Quillmere Systems", "Quillmere"),
        ("Quillmere Fund II", "Quillmere Fund III"),
        ("Bank of America", "Bank of Africa"),
        ("Bank of Austria", "Bank of Australia"),
        ("Hilton Hotels", "Milton Hotels"),
        ("First Quillmere Bank", "Second Quillmere Bank"),
        ("Management Company", "Quillmere Management Company"),
        ("Ford Farm", "Fort Farm"),
        ("Quillmere Partners II", "Quillmere Partners"),
        ("44th Quillmere", "Forty-Fifth Quillmere"),
        ("Carillion", "Marillion"),
        ("Quillmere B.V.B.A.", "Quillmere Nederland B.V."),
    ],
)
def test_names_of_two_companies(left, right):
    assert organisation_name(left, right).score < SAME


def test_another_legal_form_is_a_weaker_match():
    same_form = organisation_name("Quillmere LLC", "Quillmere LLC").score

    assert SAME < organisation_name("Quillmere LLC", "Quillmere SARL").score < same_form


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("QIM", "Quillmere Instrument Makers"),
        ("Q&I", "Quillmere & Instruments"),
        ("QI Healthcare", "Quillmere Instruments Healthcare"),
        ("Quillmere Instrument Makers (QIM)", "QIM Ltd"),
        ("QI", "Quillmere Instruments"),
        ("Quillmere Partners IV", "Quillmere Partners V"),
        ("Quillmere Trust 2004-1", "Quillmere Trust 2005-1"),
        ("Quillmere", "Quillmere Group"),
        ("Quillmere Bank AG, London Branch", "Quillmere Bank AG"),
        ("Quillmere", "Quillmere (South Africa)"),
        ("Brigade 44th", "Brigade 44"),
        ("Bank One", "1st Bank"),
        ("Mass. Quillmere Institute", "Massachusetts Quillmere Institute"),
        ("QBC", "Quillmere Broadcasting Corporation"),
        ("Compagnie Quillmere", "Quillmere"),
    ],
)
def test_companies_that_may_be_one(left, right):
    assert 0.5 < organisation_name(left, right).score < SAME


@pytest.mark.parametrize(
    ("left", "right"), [("QX", "Quillmere Instruments"), ("QIX Z", "Quillmere Inns X")]
)
def test_letters_that_are_no_initials(left, right):
    assert organisation_name(left, right).score < 0.1


def test_other_scripts_of_a_company_decide_nothing():
    assert organisation_name("トキワ", "Tokiwa").score == 0.5


def test_a_name_alone_is_capped():
    assert same(person("Ada Byron", city="York"), person("Ada Byron", city="York")).score <= (
        NAME_ONLY
    )


def test_name_and_company_are_one_person():
    left = person("SMITH, John Andrew", company_name="Acme Ltd")
    right = person("John Smith", company_name="ACME LIMITED", by="hunter")

    assert same(left, right).score > 0.9


def test_another_month_of_birth_is_another_person():
    left = officer("SMITH", "John", born=(1970, 5))
    right = officer("SMITH", "John", born=(1975, 5))

    assert same(left, right).score < 0.01


def test_the_same_month_of_birth_joins_officer_ids():
    left = officer("SMITH", "John Andrew", born=(1970, 5), reference="one")
    right = officer("SMITH", "John", born=(1970, 5), reference="two")

    assert same(left, right).score > 0.9


def test_a_mailbox_is_proof_and_a_guess_is_less():
    seen = email("ada@acme.test", deliverability=Deliverability.VALID)
    guess = email("ada@acme.test", deliverability=Deliverability.GUESSED)

    proven = mailboxes(traits_of(person(emails=(seen,))), traits_of(person(emails=(guess,))))
    guessed = mailboxes(traits_of(person(emails=(guess,))), traits_of(person(emails=(guess,))))

    assert proven.score == 1.0 > guessed.score > 0.5


def test_a_shared_mailbox_proves_nothing():
    info = email("info@acme.test")

    assert same(person("Ada Byron", emails=(info,)), person("Bo Cole", emails=(info,))).score < 0.01


def test_two_confirmed_mailboxes_at_one_company_speak_against():
    def with_mailbox(address):
        confirmed = email(address, deliverability=Deliverability.VALID)
        return person("John Smith", company_domain="acme.test", emails=(confirmed,))

    one = with_mailbox("john.smith@acme.test")

    assert same(one, with_mailbox("john.smith2@acme.test")).score < 0.5
    assert same(one, person("John Smith", company_domain="acme.test")).score > 0.9


def test_a_mailbox_spells_the_name_of_somebody():
    nameless = person(emails=(email("john.smith@acme.test"),))

    assert same(nameless, person("John Smith", company_domain="acme.test")).score > 0.9
    assert same(nameless, person("Mary Jones", company_domain="acme.test")).score < 0.05


def test_a_mobile_is_proof_and_an_unknown_line_is_not():
    def with_phone(kind, name):
        return person(name, phones=(PhoneClaim(number="+442079460000", kind=kind),))

    assert same(with_phone(PhoneKind.MOBILE, "A Byron"), with_phone(PhoneKind.MOBILE, "Ada Byron"))
    mobile = same(with_phone(PhoneKind.MOBILE, "Ada Byron"), with_phone("mobile", "Ada Byron"))
    unknown = same(with_phone(PhoneKind.UNKNOWN, "Ada Byron"), with_phone("unknown", "Ada Byron"))
    assert mobile.score > 0.9 > unknown.score


def test_profiles_join_and_part():
    def with_profile(slug):
        return person("Ada Byron", linkedin_url=f"linkedin.com/in/{slug}")

    assert same(with_profile("ada"), with_profile("ADA")).score > 0.9
    assert same(with_profile("ada"), with_profile("ada-2")).score < 0.1


def test_an_internal_profile_id_beside_the_chosen_address_says_nothing():
    left = person("Ada Byron", company_name="Acme", linkedin_url="linkedin.com/in/ada")
    right = person(
        "Ada Byron", company_name="Acme", linkedin_url="linkedin.com/in/ACoAABcdefghij12"
    )

    assert same(left, right).score > 0.9


def test_one_providers_record_is_one_person():
    left, right = person("A. Byron", reference="7"), person("Ada Byron", reference="7")

    assert same(left, right).score > 0.9
    assert same(left, person("Ada Byron", reference="7", by="hunter")).score <= NAME_ONLY


def test_companies_compared_by_what_both_know():
    left = person("Ada Byron", company_domain="acme.test")

    assert same(left, person("Ada Byron", company_domain="other.test")).score < 0.5
    assert same(left, person("Ada Byron", company_name="Acme")).score <= NAME_ONLY


def test_every_comparison_says_what_it_looks_at():
    for weighted in PERSON_COMPARISONS:
        assert weighted.compare.__doc__
        assert weighted.name == weighted.compare.__name__


def test_birth_is_compared_to_the_month():
    left = person("Ada Byron", birth=BirthMonth(year=1980, month=2))

    assert same(left, person("Ada Byron", birth=BirthMonth(year=1980, month=2))).score > 0.9
