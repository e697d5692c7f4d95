import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.normalise.domains import is_plain_host, name_label, parse_domain


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://www.acme.co.uk:443/x?y#z", "acme.co.uk"),
        ("ACME.com.", "acme.com"),
        ("//acme.com/x", "acme.com"),
        ("http://user:pw@shop.acme.com/", "acme.com"),
        ("ada@mail.acme.test", "acme.test"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("acme。com", "acme.com"),
        ("a.b.acme.test", "acme.test"),
        ("acme.com:99999", "acme.com"),
        ("acme.com/" + "x" * 100_000, "acme.com"),
    ],
)
def test_domains(text, domain):
    assert parse_domain(text) == domain


@pytest.mark.parametrize(
    "text",
    ["", "acme", "localhost", "co.uk", "test", "1.2.3.4", "http://[::1]/x", "2001:db8::1",
     "xn--a.com", "a_b.acme.com", "-acme.com", "acme..com", "node.js", f"{'a' * 254}.com",
     f"{'ü.' * 120}com"],
)  # fmt: skip
def test_what_is_no_domain(text):
    assert parse_domain(text) is None


@given(st.one_of(st.text(max_size=40), st.from_regex(r"[a-z.]{1,20}\.(com|co\.uk|test)")))
def test_parsing_again_changes_nothing(text):
    domain = parse_domain(text)
    if domain is not None:
        assert parse_domain(domain) == domain


def test_a_homograph_is_another_domain():
    assert parse_domain("аcme.com") != parse_domain("acme.com")


def test_the_label_somebody_chose():
    assert name_label(parse_domain("www.acme.co.uk")) == "acme"


@given(st.from_regex(r"\A([a-z0-9-]{1,66}\.){1,3}[a-z]{2,5}\Z"))
def test_of_a_plain_host_nothing_is_converted(host):
    if is_plain_host(host):
        assert idna.encode(host, uts46=True).decode() == host
