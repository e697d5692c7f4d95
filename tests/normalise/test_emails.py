import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.normalise.emails import (
    domain_of,
    identity_key,
    is_disposable,
    is_free_mail,
    is_role_account,
    local_part_of,
    parse_email,
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ada@acme.test", "ada@acme.test"),
        (" Ada.Byron@ACME.Test ", "Ada.Byron@acme.test"),
        ("mailto:ada@acme.test?subject=hi", "ada@acme.test"),
        ("Ada Byron <ada@acme.test>", "ada@acme.test"),
        ("ada@münchen.test", "ada@xn--mnchen-3ya.test"),
        ("a\u200bda@acme.test", "ada@acme.test"),
    ],
)
def test_addresses(text, address):
    assert parse_email(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "ada", "ada@", "@acme.test", "ada@localhost", "a b@acme.test", "j***@acme.test",
     "ada@[1.2.3.4]", "ada@acme..test", "ada@test", f"{'a' * 65}@acme.test", "a" * 5_000,
     f"ada@{'a' * 400}.test"],
)  # fmt: skip
def test_what_is_no_address(text):
    assert parse_email(text) is None


@given(st.emails())
def test_parsing_again_changes_nothing(text):
    address = parse_email(text)
    if address is not None:
        assert parse_email(address) == address
        assert identity_key(Email(identity_key(address))) == identity_key(address)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Ada@acme.test", "ada@acme.test"),
        ("ada+news@acme.test", "ada@acme.test"),
        ("a.da.x@gmail.com", "adax@googlemail.com"),
    ],
)
def test_spellings_of_one_mailbox(left, right):
    assert identity_key(Email(left)) == identity_key(Email(right))


def test_dots_matter_outside_gmail():
    assert identity_key(Email("a.da@acme.test")) != identity_key(Email("ada@acme.test"))


def test_a_tag_alone_is_a_mailbox():
    assert identity_key(Email("+x@acme.test")) == "+x@acme.test"


@pytest.mark.parametrize("address", ["info@a.test", "No-Reply@a.test", "accounts+x@a.test"])
def test_shared_mailboxes(address):
    assert is_role_account(Email(address))


def test_a_persons_mailbox_is_not_shared():
    assert not is_role_account(Email("ada.byron@a.test"))


def test_free_and_disposable_mail():
    assert is_free_mail(Email("ada@gmail.com"))
    assert is_free_mail(Email("ada@eu.hotmail.com"))
    assert not is_free_mail(Email("ada@acme.test"))
    assert is_disposable(Email("ada@mailinator.com"))
    assert not is_disposable(Email("ada@acme.test"))


def test_parts_of_an_address():
    assert domain_of(Email("ada@mail.acme.co.uk")) == "acme.co.uk"
    assert local_part_of(Email("ada.b@acme.test")) == "ada.b"


@given(st.from_regex(r"\A[a-z0-9._+-]{1,66}@([a-z0-9-]{1,66}\.){1,2}(com|local|test|x1)\Z"))
def test_what_is_plain_is_what_the_library_says(text):
    try:
        said = validate_email(text, strict=True, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        assert parse_email(text) is None
    else:
        assert parse_email(text) == f"{said.local_part}@{said.ascii_domain}"
