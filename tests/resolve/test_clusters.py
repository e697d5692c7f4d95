from hypothesis import given
from hypothesis import strategies as st
from tests.resolve.statements import email, officer, person

from roleferry_enrich.resolve.blocking import blocking_keys, candidate_pairs
from roleferry_enrich.resolve.clusters import clusters
from roleferry_enrich.resolve.traits import traits_of


def test_strong_pairs_join_and_chains_of_them_too():
    assert clusters(4, {(0, 1): 0.95, (1, 2): 0.92}) == [(0, 1, 2), (3,)]


def test_a_contradiction_keeps_two_groups_apart():
    pairs = {(0, 1): 0.99, (2, 3): 0.99, (1, 2): 0.95, (0, 3): 0.01}

    assert clusters(4, pairs) == [(0, 1), (2, 3)]


def test_the_surer_of_two_contradictory_pairs_wins():
    assert clusters(3, {(0, 1): 0.95, (1, 2): 0.99, (0, 2): 0.01}) == [(0,), (1, 2)]


def test_a_weak_pair_adds_a_loose_observation_to_the_one_group_it_fits():
    assert clusters(3, {(0, 1): 0.95, (1, 2): 0.7}) == [(0, 1, 2)]


def test_loose_observations_join_weakly_where_nothing_speaks_against():
    assert clusters(3, {(0, 1): 0.7, (1, 2): 0.7, (0, 2): 0.7}) == [(0, 1, 2)]


def test_a_weak_bridge_joins_no_two_groups():
    pairs = {(0, 1): 0.95, (2, 3): 0.95, (1, 4): 0.7, (2, 4): 0.7}

    assert clusters(5, pairs) == [(0, 1), (2, 3), (4,)]


def test_who_fits_two_rivals_joins_neither():
    assert clusters(3, {(0, 2): 0.7, (1, 2): 0.7, (0, 1): 0.01}) == [(0,), (1,), (2,)]


def test_a_weak_pair_that_contradicts_a_group_is_not_taken():
    assert clusters(3, {(0, 1): 0.95, (1, 2): 0.7, (0, 2): 0.01}) == [(0, 1), (2,)]


def test_a_long_chain_of_likeness_is_a_common_name():
    pairs = {(n, n + 1): 0.7 for n in range(60)}

    assert len(clusters(61, pairs)) == 61


@st.composite
def scored_pairs(draw):
    size = draw(st.integers(2, 8))
    pairs = [(a, b) for a in range(size) for b in range(a + 1, size)]
    scores = draw(st.permutations([n / len(pairs) for n in range(len(pairs))]))
    return size, dict(zip(pairs, scores, strict=True)), draw(st.permutations(range(size)))


@given(scored_pairs())
def test_the_order_of_the_input_decides_nothing(given_pairs):
    size, scores, order = given_pairs
    moved = {tuple(sorted((order[a], order[b]))): p for (a, b), p in scores.items()}

    groups = {frozenset(order[n] for n in group) for group in clusters(size, scores)}

    assert groups == {frozenset(group) for group in clusters(size, moved)}


def found(*observations):
    return candidate_pairs([traits_of(o) for o in observations])


def test_spellings_of_one_person_meet():
    john = officer("SMITH", "John Andrew", born=(1970, 5))
    for other in (
        person("J. Smith"),
        person("Jack Smith"),
        person("Smith John"),
        person("John Smyth", birth=john.claim.birth),
        person(emails=(email("john.smith@acme.test"),)),
        person(emails=(email("smith.john@acme.test"),)),
        person(emails=(email("jsmith@acme.test"),)),
        person(emails=(email("smithj@acme.test"),)),
    ):
        assert found(john, other) == [(0, 1)]


def test_strangers_do_not_meet():
    digits = person(emails=(email("123@acme.test"),))

    assert found(person("John Smith"), person("Mary Jones"), digits) == []


def test_a_record_a_phone_or_a_profile_in_common_is_enough():
    one = person("A. B.", reference="1", linkedin_url="linkedin.com/in/x")

    assert found(one, person("C. D.", reference="1")) == [(0, 1)]
    assert found(one, person("C. D.", linkedin_url="linkedin.com/in/x")) == [(0, 1)]


def test_a_common_name_is_not_compared_with_all():
    crowd = [person("John Smith", company_name=f"Acme {n}") for n in range(500)]

    assert 0 < len(found(*crowd)) < 500 * 12


def test_comparisons_grow_with_the_people_not_with_their_square():
    def staff(size):
        names = [f"Ad{chr(97 + n % 26)}m By{chr(97 + n // 26 % 26)}ron" for n in range(size)]
        return found(*(person(name, company_domain="acme.test") for name in names))

    assert len(staff(1_200)) < 2.5 * len(staff(600))


def test_nobody_has_no_key():
    assert list(blocking_keys(traits_of(person()))) == []
