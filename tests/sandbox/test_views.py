import pytest

from roleferry_enrich.sandbox.directory import Directory
from roleferry_enrich.sandbox.lenses import LENSES, Lens, lens_for
from roleferry_enrich.sandbox.population import Population
from roleferry_enrich.sandbox.views import SeededView

SIX = ("companies_house", "apollo", "hunter", "clearbit", "explorium", "website")


@pytest.fixture
def view_of(directory: Directory):
    return lambda name: SeededView(directory, lens_for(name))


def known(view: SeededView, population: Population):
    people = [(person, view.person_by_id(person.id)) for person in population.people]
    return [(true, seen) for true, seen in people if seen is not None]


def share(flags) -> float:
    flags = list(flags)
    return sum(flags) / len(flags)


@pytest.mark.parametrize("name", SIX)
def test_every_provider_knows_the_demonstration_subject(view_of, population, name):
    view = view_of(name)
    company, chief = view.company_by_id(0), view.person_by_id(0)

    assert company.name.lower() == "quillmere instruments"
    assert chief.full_name.lower() == "orla fenwick"
    assert chief.title.lower() == "chief executive officer"
    assert view.staff(company)[0] == chief
    assert len(view.staff(company)) >= 5
    assert view.company_by_number(population.companies[0].number) == company
    assert view.person_named("Orla Fenwick", company) == chief


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("apollo", 0.65, 0.80),
        ("hunter", 0.48, 0.62),
        ("clearbit", 0.38, 0.52),
        ("explorium", 0.50, 0.65),
    ],
)
def test_coverage_is_as_the_lens_says(view_of, population, name, least, most):
    assert least <= len(known(view_of(name), population)) / len(population.people) <= most


def test_any_order_of_lookups_gives_the_same_facts(directory, population):
    forwards, backwards = (SeededView(directory, LENSES["clearbit"]) for _ in range(2))
    first = [forwards.person_by_id(person.id) for person in population.people]
    for company in reversed(population.companies):
        backwards.company_by_domain(company.domain)
        backwards.staff(company)
    last = [backwards.person_by_id(person.id) for person in reversed(population.people)]

    assert first == last[::-1]


def test_register_is_exact_british_and_knows_officers_alone(view_of, population):
    view = view_of("companies_house")

    seen = known(view, population)

    assert all(true.officer_role for true, _ in seen)
    assert len(seen) == sum(bool(person.officer_role) for person in population.people)
    for member in ("first_name", "middle_name", "last_name", "title", "birth_year", "resigned_on"):
        assert all(getattr(true, member) == getattr(shown, member) for true, shown in seen)
    assert all(shown.email == "" and shown.mobile is None for _, shown in seen)
    assert all(
        (view.company_by_id(company.id) is not None) == (company.country_code == "GB")
        for company in population.companies
    )


def test_register_shows_those_who_resigned(view_of, population):
    view = view_of("companies_house")
    resigned = next(p for p in population.people if p.resigned_on and p.officer_role)

    officers = view.officers(population.companies[resigned.company_id])

    assert resigned.id in {officer.id for officer in officers}


def test_website_shows_a_dozen_leaders_at_most(view_of, population):
    view = view_of("website")
    leadership = {"owner", "founder", "c_suite", "partner", "vp", "head", "director"}

    shown = [
        view.staff(company) for company in population.companies if view.company_by_id(company.id)
    ]

    assert max(map(len, shown)) <= 12
    assert {person.seniority for people in shown for person in people} <= leadership


def test_hunter_knows_nobody_without_an_address(view_of, population):
    assert all(seen.email for _, seen in known(view_of("hunter"), population))


def test_clearbit_is_staler_than_apollo(view_of, population):
    def stale(name: str) -> float:
        pairs = known(view_of(name), population)
        return share(seen.title == true.former_title for true, seen in pairs)

    assert 0.05 < stale("apollo") < 0.15
    assert stale("clearbit") > stale("apollo") + 0.05


def test_stale_employers_show_the_person_at_the_company_before(view_of, population):
    view = view_of("clearbit")
    moved = [(t, s) for t, s in known(view, population) if s.company_id != t.company_id]

    assert len(moved) >= 20
    for true, seen in moved:
        assert seen.company_id == true.former_company_id
        before = population.companies[true.former_company_id]
        assert seen.id in {person.id for person in view.staff(before)}
        assert seen.id not in {p.id for p in view.staff(population.companies[true.company_id])}


def test_names_are_misspelt_seldom_and_shortened_sometimes(view_of, population):
    pairs = known(view_of("apollo"), population)

    assert 0.02 < share(seen.first_name == true.nickname for true, seen in pairs) < 0.2
    assert 0.005 < share(seen.last_name != true.last_name for true, seen in pairs) < 0.12


def test_explorium_writes_names_in_lower_case(view_of, population):
    assert all(
        s.full_name == s.full_name.lower() for _, s in known(view_of("explorium"), population)
    )


def test_gaps_come_at_the_rate_of_the_lens(view_of, population):
    pairs = known(view_of("apollo"), population)

    assert 0.08 < share(not seen.email for _, seen in pairs) < 0.17


def test_lookups_bring_somebody_else_once_in_two_hundred(view_of, population):
    view = view_of("apollo")
    pairs = [(person, view.person_by_email(person.email)) for person in population.people]

    wrong = share(seen.id != true.id for true, seen in pairs if seen is not None)

    assert 0.001 < wrong < 0.012


def test_lookups_work_by_every_true_key(directory, population):
    view = SeededView(directory, Lens(name="all", companies=1, people=1, leavers=1, wrong_people=0))

    for person in population.people[:300]:
        company = population.companies[person.company_id]
        assert view.person_by_email(person.email.upper()).id == person.id
        assert view.person_by_linkedin(person.linkedin_slug) == person
        assert view.company_by_linkedin(company.linkedin_slug) == company
        assert view.company_by_domain(company.domain) == company


def test_people_are_found_by_the_forms_of_their_name(directory, population):
    view = SeededView(directory, Lens(name="all", companies=1, people=1, leavers=1, wrong_people=0))
    person = next(p for p in population.people if p.nickname and p.middle_name)
    company = population.companies[person.company_id]

    for name in (
        f"{person.nickname} {person.last_name}",
        f"{person.last_name.upper()}, {person.first_name}".replace(",", ""),
        f"{person.first_name} {person.middle_name} {person.last_name}",
    ):
        assert view.person_named(name, company).full_name == person.full_name
    assert view.person_named("Nobody Atall", company) is None


@pytest.mark.parametrize(
    "text",
    ["Quillmere Instruments", "quillmere instruments ltd", "Quillmere", "Quilmere Instrumnets"],
)
def test_companies_are_found_by_names_like_theirs(view_of, text):
    assert view_of("apollo").companies_named(text)[0].id == 0


def test_companies_are_found_by_a_former_name(view_of, population):
    company = next(c for c in population.companies if c.former_names and c.country_code == "GB")

    found = view_of("companies_house").companies_named(company.former_names[0])

    assert company.id in {one.id for one in found}


def test_no_more_companies_than_asked_and_none_for_nonsense(view_of):
    assert len(view_of("apollo").companies_named("Quillmere", limit=1)) == 1
    assert view_of("apollo").companies_named("Zzyzx Qqqq") == []
    assert view_of("apollo").companies_named("") == []


def test_nobody_unknown_is_found(view_of):
    view = view_of("apollo")

    assert view.company_by_domain("nobody.test") is None
    assert view.company_by_id(10**9) is None
    assert view.person_by_id(-1) is None
    assert view.person_by_email("nobody@nowhere.test") is None


def test_mailboxes_answer_the_truth_whoever_asks(view_of, population):
    views = [view_of(name) for name in SIX]
    for person in population.people[:500]:
        assert len({view.mailbox(person.email) for view in views}) == 1
    answers = {views[0].mailbox(person.email) for person in population.people}

    assert answers == {"valid", "invalid", "accept_all"}
    assert views[0].mailbox("orla.fenwick@quillmere.test") == "valid"
    assert views[0].mailbox("no.such.person@quillmere.test") == "invalid"
    assert views[0].mailbox("who@elsewhere.test") == "unknown"
