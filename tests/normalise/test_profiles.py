import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.normalise.profiles import is_company_page, parse_profile_url


@pytest.mark.parametrize(
    ("text", "profile"),
    [
        ("https://uk.linkedin.com/in/Ada-Byron/?trk=x", "linkedin.com/in/ada-byron"),
        ("linkedin.com/in/jos%C3%A9-b", "linkedin.com/in/jos%C3%A9-b"),
        ("linkedin.com/in/josé-b", "linkedin.com/in/jos%C3%A9-b"),
        ("www.linkedin.com/in/ACoAABcdefghij12", "linkedin.com/in/ACoAABcdefghij12"),
        ("linkedin.com/pub/ada/4/b63/a12", "linkedin.com/in/ada-a12b634"),
        ("linkedin.com/pub/ada", "linkedin.com/in/ada"),
        ("http://www.linkedin.com/company/ACME/about#x", "linkedin.com/company/acme"),
        ("linkedin.com/showcase/acme-labs", "linkedin.com/company/acme-labs"),
        ("linkedin.com/school/acme", "linkedin.com/school/acme"),
        ("https://twitter.com/@Ada", "x.com/ada"),
        ("mobile.twitter.com/ada/status/1", "x.com/ada"),
        ("m.facebook.com/profile.php?a=1&id=12", "facebook.com/12"),
        ("facebook.com/people/Ada/123", "facebook.com/123"),
        ("https://fb.com/pg/Acme/about", "facebook.com/acme"),
        ("facebook.com/Acme", "facebook.com/acme"),
    ],
)
def test_profiles(text, profile):
    assert parse_profile_url(text) == profile
    assert parse_profile_url(profile) == profile


@pytest.mark.parametrize(
    "text",
    ["", "ada", "@ada", "acme.test/in/ada", "linkedin.com.acme.test/in/ada", "linkedin.com/feed",
     "linkedin.com/in/", "linkedin.com/in/%2F", "linkedin.com/in/" + "a" * 300, "x.com/home",
     "x.com/", "x.com/a-b", "facebook.com/sharer.php?u=1", "facebook.com/profile.php",
     "facebook.com/people/Ada", "a" * 5_000],
)  # fmt: skip
def test_what_is_no_profile(text):
    assert parse_profile_url(text) is None


@pytest.mark.parametrize(
    ("handle", "network", "profile"),
    [
        ("@Ada", "x", "x.com/ada"),
        ("ada-b", "linkedin", "linkedin.com/in/ada-b"),
        ("acme", "linkedin_company", "linkedin.com/company/acme"),
        ("acme", "facebook", "facebook.com/acme"),
        ("a b", "x", None),
        ("@", "x", None),
        ("home", "x", None),
    ],
)
def test_a_bare_handle_needs_its_network(handle, network, profile):
    assert parse_profile_url(handle, network) == profile


@given(st.text(max_size=30))
def test_parsing_again_changes_nothing(slug):
    for url in (parse_profile_url(f"linkedin.com/in/{slug}"), parse_profile_url(slug, "facebook")):
        if url is not None:
            assert parse_profile_url(url) == url


def test_a_companys_page():
    assert is_company_page(parse_profile_url("linkedin.com/company/acme"))
    assert not is_company_page(parse_profile_url("linkedin.com/in/acme"))
