from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.resolve.statements import TODAY, email, officer, person, verdict

from roleferry_enrich.domain.people import (
    BirthMonth,
    Deliverability,
    EmailKind,
    PhoneClaim,
    PhoneKind,
)
from roleferry_enrich.domain.records import ContactKind
from roleferry_enrich.resolve.people import (
    executive_rank,
    is_current_executive,
    resolve_people,
    resolve_person,
)
from roleferry_enrich.resolve.person_fields import PERSON_RULES

OLD = TODAY - timedelta(days=900)


def resolved(*people, verdicts=()):
    return resolve_people(people, verdicts, today=TODAY)


def only(*people, verdicts=()):
    (merged,) = resolved(*people, verdicts=verdicts)
    return merged


def test_nothing_said_is_nobody():
    assert resolved() == ()
    assert resolve_person((), (), today=TODAY) is None


def test_register_provider_and_mailbox_make_one_person():
    merged = only(
        officer("SMITH", "John Andrew", born=(1970, 5), company_name="ACME LIMITED"),
        person("J. Smith", by="hunter", company_name="Acme", title="CEO"),
        person(by="website", company_name="Acme Ltd", emails=(email("john.smith@acme.test"),)),
    )

    assert merged.text("full_name") == "John Smith"
    assert merged.text("middle_names") == "Andrew"
    assert merged.text("title") == "CEO"
    assert merged.text("role") == "director"
    assert merged.text("business_email") == "john.smith@acme.test"
    assert merged.providers == ("companies_house", "hunter", "website")


def test_namesakes_born_otherwise_stay_two():
    assert len(
        resolved(
            officer("SMITH", "John", born=(1970, 5), reference="a"),
            officer("SMITH", "John", born=(1999, 1), reference="b"),
        )
    ) == 2  # fmt: skip


def test_several_officer_ids_of_one_human_become_one():
    born = (1970, 5)
    merged = only(
        officer("SMITH", "John Andrew", born=born, reference="a", appointed_on=date(2010, 1, 1)),
        officer("SMITH", "John", born=born, reference="b", appointed_on=date(2020, 1, 1)),
    )

    assert merged.text("appointed_on") == "2020-01-01"


def test_an_initial_between_two_people_makes_nobody_of_them():
    def at_acme(name, **said):
        return person(name, company_domain="acme.test", **said)

    people = resolved(
        at_acme("John Smith"),
        at_acme("John Smith", by="hunter"),
        at_acme("Jane Smith"),
        at_acme("Jane Smith", by="hunter"),
        at_acme("J. Smith", by="website"),
    )

    assert sorted(p.text("full_name") for p in people) == ["J. Smith", "Jane Smith", "John Smith"]


def test_a_pet_name_nobody_lists_is_the_profiles_owner_under_the_same_surname():
    profile = "https://www.linkedin.com/in/oluwaseun-asante-b44a9f"

    def called(name, by, url=profile):
        return person(name, by=by, company_domain="acme.test", linkedin_url=url)

    assert (
        len(resolved(called("Oluwaseun Asante", "apollo"), called("Dodo Asante", "website"))) == 1
    )
    assert len(resolved(called("Oluwaseun Asante", "apollo"), called("Ada Byron", "website"))) == 2
    assert (
        len(resolved(called("Oluwaseun Asante", "apollo"), called("Dodo Asante", "website", None)))
        == 2
    )


def test_companies_and_nobodies_are_left_out():
    assert resolved(
        person("QUILLMERE NOMINEES LIMITED", role="director"),
        person("Quillmere", role="corporate-secretary"),
        person(title="CEO"),
        person(emails=(email("info@acme.test"),)),
    ) == ()  # fmt: skip


def test_a_shortened_name_makes_a_less_certain_person():
    full, initial, single = (only(person(n)) for n in ("Ada Byron", "A. Byron", "Ada"))

    assert full.confidence > initial.confidence == single.confidence


def test_a_person_known_only_by_profile_is_somebody():
    merged = only(person(linkedin_url="linkedin.com/in/ada"))

    assert merged.text("linkedin_url") == "linkedin.com/in/ada"
    assert merged.confidence.value < 0.5


def test_the_newest_title_wins_and_the_old_one_is_an_alternative():
    merged = only(
        person("Ada Byron", company_name="Acme", title="Analyst", day=OLD, by="clearbit"),
        person("Ada Byron", company_name="Acme", title="Chief Executive", by="hunter"),
    )

    title = merged.fields["title"]
    assert (title.value, merged.text("seniority")) == ("Chief Executive", "c_suite")
    assert [(a.value, a.providers) for a in title.alternatives] == [("Analyst", ("clearbit",))]


def test_agreement_of_independent_origins_makes_a_value_surer():
    one = person("Ada Byron", company_name="Acme", title="CEO")
    again = person("Ada Byron", company_name="Acme", title="CEO", by="reseller", origin="apollo")
    other = person("Ada Byron", company_name="Acme", title="Chief Executive Officer", by="hunter")

    alone, copied, agreed = (
        only(*said).fields["title"].confidence for said in ([one], [one, again], [one, other])
    )

    assert alone == copied < agreed


def test_sources_are_named_newest_first():
    merged = only(
        person("Ada Byron", company_name="Acme", day=OLD, by="clearbit"),
        person("Ada Byron", company_name="Acme", by="hunter"),
        person("Ada Byron", company_name="Acme", day=OLD, by="hunter"),
    )

    sources = merged.fields["full_name"].sources
    assert [source.provider for source in sources] == ["hunter", "clearbit"]
    assert sources[0].as_of == TODAY


def test_who_resigned_is_not_revived_by_a_stale_listing():
    merged = only(
        officer("BYRON", "Ada", company_name="Acme Ltd", appointed_on=date(2015, 1, 1),
                resigned_on=date(2025, 1, 1)),
        officer("BYRON", "Ada", company_name="Acme Ltd", appointed_on=date(2015, 1, 1), day=OLD),
        person("Ada Byron", company_name="Acme", title="Managing Director"),
    )  # fmt: skip

    assert not is_current_executive(merged)
    assert merged.text("resigned_on") == "2025-01-01"
    assert merged.text("title") == "Managing Director"
    assert merged.fields["title"].confidence.value < 0.3
    assert executive_rank(merged) >= 100


def test_an_office_still_held_outweighs_one_that_ended():
    said = {"company_name": "Acme Ltd", "born": (1970, 5)}
    merged = only(
        officer("BYRON", "Ada", role="secretary", appointed_on=date(2010, 1, 1),
                resigned_on=date(2024, 1, 1), **said),
        officer("BYRON", "Ada", role="director", appointed_on=date(2012, 1, 1), **said),
    )  # fmt: skip

    assert merged.text("role") == "director"
    assert "resigned_on" not in merged.fields
    assert is_current_executive(merged)


def test_without_a_register_a_providers_word_on_office_is_taken():
    merged = only(person("Ada Byron", role="LLP Designated Member"))

    assert merged.text("role") == "llp-designated-member"
    assert is_current_executive(merged)


def test_an_appointment_without_a_role_is_kept():
    merged = only(person("Ada Byron", appointed_on=date(2012, 1, 1)))

    assert merged.text("appointed_on") == "2012-01-01"
    assert "role" not in merged.fields


@pytest.mark.parametrize(
    ("said", "executive"),
    [
        ({"title": "CEO"}, True),
        ({"seniority": "vp"}, True),
        ({"title": "Engineer", "seniority": "vp"}, False),
        ({"role": "director"}, True),
        ({"role": "secretary"}, True),
        ({"title": "Engineer"}, False),
        ({}, False),
    ],
)
def test_who_leads(said, executive):
    assert is_current_executive(only(person("Ada Byron", **said))) is executive


def test_the_senior_come_first():
    said = ({"title": "Owner"}, {"title": "CEO"}, {"role": "director"}, {"role": "secretary"}, {})
    ranks = [executive_rank(only(person("Ada Byron", **one))) for one in said]

    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(ranks)


def test_mailboxes_are_labelled_and_merged():
    merged = only(
        person(
            "Ada Byron",
            company_domain="acme.test",
            emails=(
                email("Ada@acme.test", score=90),
                email("ada+news@acme.test"),
                email("ada@old.test", kind=EmailKind.BUSINESS),
                email("ada@gmail.com"),
                email("info@acme.test"),
                email("a@home.test", kind=EmailKind.PERSONAL),
                email("a@mailinator.com"),
                email("nonsense"),
            ),
        )
    )

    labels = {p.value: p.label for p in merged.contact_points if p.kind is ContactKind.EMAIL}
    assert labels == {
        "Ada@acme.test": "business",
        "ada@old.test": "business",
        "ada@gmail.com": "personal",
        "info@acme.test": "role",
        "a@home.test": "personal",
        "a@mailinator.com": "business",
    }
    assert merged.text("business_email") == "Ada@acme.test"
    assert merged.text("personal_email") == "a@home.test"
    assert merged.fields["business_email"].alternatives[0].value == "ada@old.test"


def mailbox_after(*verdicts, **said):
    claimed = person("Ada Byron", emails=(email("ada@acme.test", **said),))
    (point,) = only(claimed, verdicts=verdicts).contact_points
    return point


def test_a_checked_mailbox_is_verified_and_surer():
    checked = only(
        person("Ada Byron", emails=(email("ada@acme.test"),)),
        verdicts=(verdict("ADA@acme.test", "valid"), verdict("nonsense", "valid")),
    ).fields["business_email"]

    assert checked.verified
    assert checked.confidence > mailbox_after().confidence
    assert [source.provider for source in checked.sources] == ["apollo", "neverbounce"]


@pytest.mark.parametrize("state", ["invalid", "disposable"])
def test_a_mailbox_that_is_of_no_use_is_no_answer(state):
    merged = only(
        person("Ada Byron", emails=(email("ada@acme.test"),)),
        verdicts=(verdict("ada@acme.test", state),),
    )

    assert "business_email" not in merged.fields
    assert merged.contact_points[0].deliverability == state


@pytest.mark.parametrize(
    ("verdicts", "said", "state"),
    [
        ((), "unknown", "unknown"),
        ((), "guessed", "guessed"),
        ((), "accept_all", "accept_all"),
        ((verdict("ada@acme.test", "unknown"),), "valid", "valid"),
        ((verdict("ada@acme.test", "valid"),), "invalid", "valid"),
        ((verdict("ada@acme.test", "valid", day=OLD), verdict("ada@acme.test", "invalid")),
         "valid", "invalid"),
        ((verdict("ada@acme.test", "valid"), verdict("ada@acme.test", "accept_all", by="hunter")),
         "valid", "accept_all"),
    ],
)  # fmt: skip
def test_the_newest_check_counts_and_of_one_day_the_cautious(verdicts, said, state):
    assert mailbox_after(*verdicts, deliverability=Deliverability(said)).deliverability == state


def test_a_guess_is_believed_less_than_a_sighting():
    guess = mailbox_after(deliverability=Deliverability.GUESSED)

    assert guess.confidence < mailbox_after().confidence


def test_a_number_of_ones_own_goes_before_the_switchboard():
    merged = only(
        person(
            "Ada Byron",
            country="GB",
            phones=(
                PhoneClaim(number="020 7946 0001", kind=PhoneKind.SWITCHBOARD),
                PhoneClaim(number="07700 900123", kind=PhoneKind.MOBILE),
                PhoneClaim(number="07700 900123"),
                PhoneClaim(number="nonsense"),
            ),
        )
    )

    assert merged.text("phone") == "+447700900123"
    assert [(p.value, p.label) for p in merged.contact_points] == [
        ("+442079460001", "switchboard"),
        ("+447700900123", "mobile"),
    ]


def test_profiles_are_contact_points():
    ada = person("Ada Byron", linkedin_url="https://linkedin.com/in/ADA", twitter_url="@ada")
    page = person("Ada Byron", linkedin_url="linkedin.com/company/acme", by="hunter")

    merged = resolve_person((ada, page), (), today=TODAY)

    assert [(p.value, p.label) for p in merged.contact_points] == [
        ("linkedin.com/in/ada", "linkedin"),
        ("x.com/ada", "x"),
    ]


def test_answers_checked_to_be_of_one_person_need_nothing_in_common():
    people = (
        person("Ada Byron", linkedin_url="linkedin.com/in/ada"),
        person("Ada Byron", company_name="Acme", by="hunter"),
        person(emails=(email("ada@acme.test"),), by="website"),
    )

    merged = resolve_person(people, (), today=TODAY)

    assert merged.providers == ("apollo", "hunter", "website")
    assert len(resolved(*people)) > 1


def test_even_checked_answers_that_contradict_stay_apart():
    people = (
        person("Ada Byron", birth=BirthMonth(year=1980, month=1)),
        person("Ada Byron", birth=BirthMonth(year=1950, month=1), by="hunter"),
        person("Ada Byron", birth=BirthMonth(year=1980, month=1), by="clearbit"),
    )

    assert resolve_person(people, (), today=TODAY).providers == ("apollo", "clearbit")


def test_many_checked_answers_are_resolved_by_blocks():
    people = [person("Ada Byron", by=f"p{n}") for n in range(70)]

    assert len(resolve_person(people, (), today=TODAY).providers) == 70


def test_countries_sizes_and_places_are_normalised():
    merged = only(
        person(
            "Ada Byron", city="York", state="Yorkshire", country="United Kingdom",
            zip_code="yo1 7hh", company_number="445790", department="hr",
        )
    )  # fmt: skip

    assert merged.text("country") == "GB"
    assert merged.text("zip_code") == "YO1 7HH"
    assert merged.text("location") == "York, Yorkshire, United Kingdom"
    assert merged.text("company_number") == "00445790"
    assert merged.text("department") == "human_resources"


def test_the_full_text_adds_what_the_parts_leave_out():
    merged = only(person("John Andrew Smith", first_name="John", last_name="Smith"))

    assert merged.text("middle_names") == "Andrew"


def test_parts_that_disagree_with_the_text_are_believed():
    merged = only(person("Johnny S", first_name="John", last_name="Smith"))

    assert merged.text("full_name") == "John Smith"


def test_a_name_without_a_single_word_is_not_shown():
    merged = only(person("ʼ", emails=(email("ada@acme.test"),)))

    assert "full_name" not in merged.fields


def test_half_a_name_in_parts_gives_way_to_the_whole_text():
    assert only(person("John Smith", first_name="John")).text("last_name") == "Smith"


def test_a_country_nobody_lists_stays_as_written():
    assert only(person("Ada Byron", country="Atlantis")).text("country") == "Atlantis"


FIRST = st.sampled_from(["John", "J.", "Jane", "JON", "Bob", "Robert", "Zoë"])
LAST = st.sampled_from(["Smith", "SMITH", "Smith-Jones", "Müller", "O'Brien"])
MAILBOXES = st.sampled_from(["john.smith@acme.test", "js@gmail.com", "jane@acme.test"])


@st.composite
def observations(draw):
    name = f"{draw(FIRST)} {draw(LAST)}"
    born = draw(st.none() | st.sampled_from([BirthMonth(year=y, month=2) for y in (1970, 1980)]))
    return person(
        draw(st.none() | st.just(name)),
        by=draw(st.sampled_from(["apollo", "hunter", "companies_house", "website"])),
        day=draw(st.sampled_from([TODAY, OLD])),
        birth=born,
        title=draw(st.none() | st.sampled_from(["CEO", "chief executive", "Engineer"])),
        role=draw(st.none() | st.sampled_from(["director", "secretary"])),
        resigned_on=draw(st.none() | st.just(date(2024, 1, 1))),
        company_name=draw(st.none() | st.sampled_from(["Acme Ltd", "ACME", "Quillmere"])),
        city=draw(st.none() | st.sampled_from(["York", "Leeds"])),
        emails=tuple(email(m) for m in draw(st.lists(MAILBOXES, max_size=2))),
    )


@settings(deadline=None)
@given(st.lists(observations(), max_size=8), st.randoms())
def test_the_order_of_answers_decides_nothing(people, random):
    shuffled = list(people)
    random.shuffle(shuffled)

    assert resolved(*people) == resolved(*shuffled)


@settings(deadline=None)
@given(st.lists(observations(), max_size=8))
def test_no_value_is_made_up(people):
    rules = {rule.field: rule for rule in PERSON_RULES}
    for merged in resolved(*people):
        for field, known in merged.fields.items():
            if field in rules:
                readings = [rules[field].read(o.claim) for o in people]
                assert known.value in {r.value for r in readings if r is not None}
            elif field in {"business_email", "personal_email"}:
                assert known.value in {e.address for o in people for e in o.claim.emails}
            assert known.sources


@settings(deadline=None)
@given(st.lists(observations(), max_size=8))
def test_everybody_named_appears_once(people):
    merged = resolved(*people)

    assert len(merged) <= len(people)
    assert {p for m in merged for p in m.providers} == {
        o.provenance.provider
        for o in people
        if o.claim.full_name or o.claim.emails
    }  # fmt: skip
    assert [m.confidence for m in merged] == sorted((m.confidence for m in merged), reverse=True)
