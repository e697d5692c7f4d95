import hashlib
from collections import Counter

import msgspec

from roleferry_enrich.sandbox.population import Population, populate
from roleferry_enrich.sandbox.spelling import ascii_of


def digest(population: Population) -> str:
    document = msgspec.json.encode([population.companies, population.people])
    return hashlib.sha256(document).hexdigest()


def test_same_seed_makes_the_same_world(population):
    assert digest(populate(7)) == digest(population)


def test_world_is_the_same_on_every_python_and_machine():
    # A change here changes every evaluation: renew it knowingly.
    assert digest(populate(7, companies=50))[:16] == "1d133626730192a9"


def test_another_seed_makes_another_world(population):
    assert digest(populate(8)) != digest(population)


def test_there_are_enough_companies_and_people(population):
    assert len(population.companies) == 500
    assert len(population.people) >= 5_000
    assert [company.id for company in population.companies] == list(range(500))
    assert [person.id for person in population.people] == list(range(len(population.people)))


def test_a_larger_world_can_be_had():
    assert len(populate(1, companies=1_200).companies) == 1_200


def test_about_sixty_percent_are_british(population):
    countries = Counter(company.country_code for company in population.companies)

    assert 270 <= countries["GB"] <= 360
    assert {"US", "DE", "FR", "IE", "NL"} < set(countries)


def test_keys_are_unique(population):
    for member in ("domain", "linkedin_slug"):
        values = [getattr(company, member) for company in population.companies]
        assert len(set(values)) == len(values), member
    numbers = [company.number for company in population.companies if company.number]
    assert len(set(numbers)) == len(numbers)
    for member in ("email", "linkedin_slug"):
        values = [getattr(person, member) for person in population.people]
        assert len(set(values)) == len(values), member


def test_every_address_is_below_test_and_in_ascii(population):
    addresses = [person.email for person in population.people]
    addresses += [person.personal_email for person in population.people if person.personal_email]
    domains = [company.domain for company in population.companies]

    assert all(address.endswith(".test") and address.isascii() for address in addresses)
    assert all(domain.count(".") == 1 and domain.endswith(".test") for domain in domains)


def test_british_numbers_have_eight_characters(population):
    numbers = [c.number for c in population.companies if c.country_code == "GB"]

    assert all(len(number) == 8 for number in numbers)
    assert {"SC", "NI", "OC"} <= {number[:2] for number in numbers}


def test_companies_have_three_to_ten_executives(population):
    board = Counter(
        person.company_id
        for person in population.people
        if person.resigned_on is None
        and (person.appointed_on or person.seniority in {"founder", "owner"})
    )

    assert all(board[company.id] >= 3 for company in population.companies)


def test_namesakes_are_told_apart_by_birth_at_the_same_company(population):
    births: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for person in population.people:
        born = (person.birth_year, person.birth_month)
        births.setdefault((person.company_id, person.full_name), []).append(born)
    namesakes = [born for born in births.values() if len(born) > 1]

    assert len(namesakes) >= 5
    assert all(len(set(born)) == len(born) for born in namesakes)


def test_namesakes_exist_at_different_companies(population):
    employers: dict[str, set[int]] = {}
    for person in population.people:
        employers.setdefault(person.full_name, set()).add(person.company_id)

    assert sum(len(companies) > 1 for companies in employers.values()) >= 50


def test_the_hard_kinds_of_names_occur(population):
    last_names = {person.last_name for person in population.people}

    assert any("-" in name for name in last_names)
    assert any(name.startswith(("van ", "de la ", "von ")) for name in last_names)
    assert any(name.startswith("O'") for name in last_names)
    assert any(name.startswith("Mc") for name in last_names)
    assert any(name != ascii_of(name) for name in last_names)
    assert any(person.nickname == "Bob" for person in population.people)
    assert any(person.honorific == "Dr" for person in population.people)
    assert any(person.former_last_name for person in population.people)


def test_families_share_a_board(population):
    families = [company for company in population.companies if company.family]
    surnames = Counter((p.company_id, p.last_name) for p in population.people if p.appointed_on)

    assert len(families) >= 15
    assert any(surnames[company.id, company.family] >= 3 for company in families)


def test_groups_former_names_and_corporate_officers_occur(population):
    companies = population.companies

    assert sum(company.group is not None for company in companies) >= 20
    assert sum(bool(company.former_names) for company in companies) >= 30
    assert sum(bool(company.corporate_officers) for company in companies) >= 20
    assert sum(company.accepts_all_mail for company in companies) >= 20
    assert {company.status for company in companies} >= {"active", "dissolved", "liquidation"}


def test_terms_of_office_are_possible(population):
    for person in population.people:
        if person.appointed_on and person.resigned_on:
            assert person.appointed_on < person.resigned_on
        if person.appointed_on:
            assert person.appointed_on.year - person.birth_year >= 18


def test_the_demonstration_subject_does_not_hang_on_the_seed():
    for seed in (1, 7, 99):
        world = populate(seed, companies=3)
        company, chief = world.companies[0], world.people[0]
        officers = [p for p in world.people if p.company_id == 0 and p.officer_role]

        assert (company.name, company.domain) == ("Quillmere Instruments", "quillmere.test")
        assert (company.country_code, company.status) == ("GB", "active")
        assert (chief.full_name, chief.email) == ("Orla Fenwick", "orla.fenwick@quillmere.test")
        assert len(officers) >= 8
