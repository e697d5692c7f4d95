"""H73: one person has one set of forms, however their identifiers are spelt."""

import pytest

from roleferry_enrich.domain.identifiers import Domain, Email, ProfileUrl
from roleferry_enrich.domain.people import EmailClaim, PersonClaim, PhoneClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.privacy.normal_forms import (
    NormalForm,
    of_claim,
    of_email,
    of_keys,
    of_phone,
    of_profile,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jane.doe@corp.com", "Jane.Doe+x@Corp.COM"),
        ("jane.doe@corp.com", "mailto:JANE.DOE@corp.com?subject=hello"),
        ("jane.doe@corp.com", "Jane Doe <jane.doe+news+more@CORP.com>"),
        ("janedoe@gmail.com", "J.a.n.e.D.o.e+list@GoogleMail.com"),
        ("jane@bücher.example.com", "JANE@xn--bcher-kva.example.com"),
        ("jane@icloud.com", "Jane+a@me.com"),
    ],
)
def test_h73_one_mailbox_has_one_form(one: str, other: str) -> None:
    assert of_email(one) == of_email(other) != ()


def test_dots_matter_where_the_host_minds_them() -> None:
    assert of_email("jane.doe@corp.com") != of_email("janedoe@corp.com")


@pytest.mark.parametrize(
    "written", ["+44 20 7946 0000", "0044 (0)20 7946-0000", "+442079460000", "tel +44 2079 460 000"]
)
def test_h73_one_telephone_has_one_form(written: str) -> None:
    assert of_phone(written) == (NormalForm("phone", "+442079460000"),)


@pytest.mark.parametrize(
    "written",
    [
        "https://www.linkedin.com/in/Jane-Doe/",
        "linkedin.com/in/jane-doe?trk=people",
        "http://uk.linkedin.com/in/jane-doe/en",
        "https://m.linkedin.com/mwlite/in/jane-doe#about",
    ],
)
def test_h73_one_profile_has_one_form(written: str) -> None:
    assert of_profile(written, "linkedin") == (NormalForm("profile", "linkedin.com/in/jane-doe"),)


def test_h73_a_name_counts_with_an_employer_in_whatever_order_and_casing() -> None:
    keys = Keys(full_name="DOE, Jane", domain=Domain("corp.com"), company_name="Corp Ltd")
    claim = PersonClaim(
        first_name="Jane", last_name="Doe", company_name="CORP", company_domain="www.corp.com"
    )

    assert set(of_keys(keys)) == set(of_claim(claim))
    assert {form.kind for form in of_keys(keys)} == {"name_domain", "name_company"}


def test_a_name_alone_is_nobody() -> None:
    assert of_keys(Keys(full_name="Jane Doe")) == ()
    assert of_keys(Keys(domain=Domain("corp.com"), company_name="Corp")) == ()


def test_a_claim_that_names_no_employer_is_of_who_was_asked_for() -> None:
    claim = PersonClaim(full_name="Jane Doe")

    assert of_claim(claim, Keys(domain=Domain("corp.com"))) == (
        NormalForm("name_domain", "doe jane|corp.com"),
    )


def test_every_identifier_of_a_claim_counts() -> None:
    claim = PersonClaim(
        emails=(EmailClaim(address="jane@corp.com"), EmailClaim(address="no address")),
        phones=(PhoneClaim(number="020 7946 0000"), PhoneClaim(number="?")),
        linkedin_url="linkedin.com/in/jane",
        twitter_url="@jane",
        country="GB",
    )

    assert [form.kind for form in of_claim(claim)] == ["email", "phone", "profile", "profile"]


def test_the_keys_of_a_request_and_what_is_said_of_the_same_person_meet() -> None:
    keys = Keys(
        email=Email("Jane@corp.com"),
        linkedin_url=ProfileUrl("linkedin.com/in/jane"),
    )
    claim = PersonClaim(
        emails=(EmailClaim(address="jane+a@corp.com"),),
        linkedin_url="https://linkedin.com/in/jane/",
    )

    assert of_keys(keys) == of_claim(claim)
