"""Who a golden record is, by the keys both are known by."""

from uuid import UUID

import pytest
from tests.storage.examples import company, email_point, person

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.people import EmailClaim, PersonClaim
from roleferry_enrich.storage.identities import (
    Candidate,
    Identity,
    Subject,
    candidates,
    of_company,
    of_mailbox,
    of_person,
    of_person_claim,
    settle,
)

NEW, KNOWN, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)


def key(kind: str, value: str, subject: Subject = Subject.PERSON) -> Identity:
    return Identity(subject, kind, value)


def settled(identities, owned) -> UUID:
    """Settles a candidate with these keys; `owned` says who has which keys already."""
    owners = dict.fromkeys(identities, NEW) | {k: o for o, keys in owned.items() for k in keys}
    held = {owner: frozenset(keys) for owner, keys in owned.items()}
    return settle(Candidate(NEW, tuple(identities)), owners=owners, held=held)


MAIL, OTHER_MAIL = key("email", "ada@engines.test"), key("email", "countess@home.test")
PROFILE, OTHER_PROFILE = (
    key("linkedin", "linkedin.com/in/ada"),
    key("linkedin", "linkedin.com/in/b"),
)
AT_WORK = key("name_domain", "ada lovelace|engines.test")


@pytest.mark.parametrize(
    ("mine", "owned", "expected"),
    [
        ([MAIL], {}, NEW),
        ([MAIL], {KNOWN: [MAIL]}, KNOWN),
        ([MAIL, PROFILE], {KNOWN: [PROFILE]}, KNOWN),
        ([MAIL, PROFILE], {KNOWN: [PROFILE], OTHER: [MAIL]}, OTHER),
        ([MAIL, AT_WORK], {KNOWN: [OTHER_MAIL, AT_WORK]}, KNOWN),
        ([PROFILE, AT_WORK], {KNOWN: [OTHER_PROFILE, AT_WORK]}, NEW),
        ([PROFILE, AT_WORK], {KNOWN: [PROFILE, OTHER_PROFILE, AT_WORK]}, KNOWN),
        ([MAIL, PROFILE], {KNOWN: [MAIL, OTHER_PROFILE]}, KNOWN),
    ],
    ids=[
        "nobody knows the keys",
        "the same mailbox",
        "the same profile",
        "a mailbox says more than a profile",
        "another mailbox is no contradiction",
        "a namesake with another profile is another person",
        "one of two profiles is enough",
        "the same mailbox under another profile",
    ],
)
def test_first_uncontradicted_key_decides(mine, owned, expected) -> None:
    assert settled(mine, owned) == expected


def test_company_with_another_number_is_another_company() -> None:
    number, other = (key("number", f"GB:{n}", Subject.COMPANY) for n in (1, 2))
    domain = key("domain", "engines.test", Subject.COMPANY)
    assert settled([number, domain], {KNOWN: [other, domain]}) == NEW
    assert settled([number, domain], {KNOWN: [domain]}) == KNOWN


def test_spelling_does_not_hide_a_person() -> None:
    golden = person(
        "Ada  LOVELACE",
        "Ada@Engines.test",
        linkedin_url="linkedin.com/in/ada",
        company_domain="engines.test",
    )
    claim = PersonClaim(
        first_name="Ada",
        last_name="Lovelace",
        emails=(EmailClaim(address="ada@engines.test"),),
        linkedin_url="https://www.LinkedIn.com/in/ada/?trk=x#top",
        company_domain="ENGINES.test",
    )
    assert of_person(golden) == of_person_claim(claim)


def test_employer_fills_in_what_the_person_leaves_out() -> None:
    board = company("Engines Ltd", domain="engines.test")
    assert AT_WORK in of_person(person("Ada Lovelace"), board)


def test_name_alone_identifies_nobody() -> None:
    assert of_person(person("Ada Lovelace")) == ()


def test_company_number_needs_its_country() -> None:
    assert of_company(CompanyClaim(company_number="00445790")) == ()
    (known,) = of_company(company("", company_number="00445790", country="GB"))
    assert known == key("number", "gb:00445790", Subject.COMPANY)


def test_shared_mailbox_identifies_nobody() -> None:
    assert of_person(person("A B", points=(email_point("info@b.test", label="role"),))) == ()


def test_namesakes_in_one_answer_are_numbered_in_the_same_way_each_time() -> None:
    found = [(UUID(int=n), (AT_WORK,)) for n in range(3)]
    told_apart = candidates(found, subject=Subject.PERSON, enrichment_id=NEW)
    values = [identity.value for each in told_apart for identity in each.identities]
    assert values == [AT_WORK.value, f"{AT_WORK.value}#2", f"{AT_WORK.value}#3"]


def test_mailbox_belongs_to_one_candidate() -> None:
    found = [(KNOWN, (MAIL,)), (OTHER, (MAIL, PROFILE))]
    first, second = candidates(found, subject=Subject.PERSON, enrichment_id=NEW)
    assert (first.identities, second.identities) == ((MAIL,), (PROFILE,))


def test_nameless_candidate_is_found_again_by_its_enrichment() -> None:
    found = [(KNOWN, ())]
    first = candidates(found, subject=Subject.PERSON, enrichment_id=NEW)
    assert first == candidates(found, subject=Subject.PERSON, enrichment_id=NEW)
    assert first[0].identities


def test_long_keys_stay_distinct_and_short() -> None:
    one, other = of_mailbox("a" * 5000), of_mailbox("a" * 5001)
    assert one != other
    assert len(one.value) == 64
