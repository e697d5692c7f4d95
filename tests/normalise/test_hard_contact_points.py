"""Hard mailboxes, numbers, hosts and profiles as providers write them, and that nothing raises."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.normalise.domains import parse_domain
from roleferry_enrich.normalise.emails import (
    identity_key,
    is_disposable,
    is_free_mail,
    is_role_account,
    parse_email,
)
from roleferry_enrich.normalise.phones import parse_phone
from roleferry_enrich.normalise.profiles import parse_profile_url
from roleferry_enrich.normalise.ranges import parse_range
from roleferry_enrich.normalise.titles import parse_department, parse_seniority, parse_title


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ('"Ada B." <ada@acme.test>', "ada@acme.test"),
        ("mailto:ada%40acme.test", "ada@acme.test"),
        ("MAILTO:ada@acme.test?cc=bob@acme.test", "ada@acme.test"),
        ("(ada@acme.test)", "ada@acme.test"),
        ("'ada@acme.test';", "ada@acme.test"),
        ("ada.byron@acme.test.", "ada.byron@acme.test"),
        ("o'brien@acme.test", "o'brien@acme.test"),
        ("ada@acme。test", "ada@acme.test"),
        (".ada@acme.test", None),
        ("ada@acme.test, bob@acme.test", None),
        ("ada(at)acme.test", None),
        ("mailto:%00@%ff", None),
        ("ada@acme.test\r\nbcc: x", None),
    ],
)
def test_mailboxes(text, address):
    assert parse_email(text) == address


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ada@me.com", "Ada+x@icloud.com"),
        ("ada@mac.com", "ada@icloud.com"),
        ("a.d.a@googlemail.com", "ada@gmail.com"),
        ("ada@ya.ru", "ada@yandex.com"),
    ],
)
def test_mailboxes_under_two_names(left, right):
    assert identity_key(Email(left)) == identity_key(Email(right))


def test_dots_of_other_providers_stay():
    assert identity_key(Email("a.da@icloud.com")) != identity_key(Email("ada@icloud.com"))


FREE = """yahoo.co.nz yahoo.com.tr hotmail.se gmx.at gmx.com mail.yahoo.com outlook.com.br proton.me
web.de t-online.de orange.fr laposte.net libero.it alice.it ziggo.nl kpnmail.nl telenet.be
bluewin.ch aon.at terra.es telefonica.net sapo.pt uol.com.br wp.pl seznam.cz abv.bg mail.ru ukr.net
qq.com 163.com naver.com nate.com docomo.ne.jp rediffmail.com walla.co.il bigpond.com xtra.co.nz
comcast.net btinternet.com icloud.com fastmail.com zoho.com"""
EMPLOYERS = """acme.test nus.edu.sg outlook.consulting yahoo.consulting yahooinc.com microsoft.com
gmx.consulting unican.es fastmailteam.com"""
DISPOSABLE = """mailinator.com guerrillamail.com yopmail.com 10minutemail.com temp-mail.org
sharklasers.com trashmail.com maildrop.cc getnada.com dispostable.com sub.mailinator.com"""


@pytest.mark.parametrize("domain", FREE.split())
def test_a_mailbox_anybody_may_have(domain):
    assert is_free_mail(Email(f"ada@{domain}"))
    assert not is_disposable(Email(f"ada@{domain}"))


@pytest.mark.parametrize("domain", EMPLOYERS.split())
def test_a_mailbox_that_names_an_employer(domain):
    assert not is_free_mail(Email(f"ada@{domain}"))
    assert not is_disposable(Email(f"ada@{domain}"))


@pytest.mark.parametrize("domain", DISPOSABLE.split())
def test_a_mailbox_thrown_away(domain):
    assert is_disposable(Email(f"ada@{domain}"))


@pytest.mark.parametrize(
    "local", ["info", "no-reply", "kontakt", "contacto", "vendite", "ventas", "rh", "hello", "jobs"]
)
def test_a_mailbox_of_a_function(local):
    assert is_role_account(Email(f"{local}@acme.test"))


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+44 (0)20 7946 0958", None, "+442079460958"),
        ("0044 20 7946 0958", None, "+442079460958"),
        ("0044 20 7946 0958", "Germany", "+442079460958"),
        ("011 44 20 7946 0958", "US", "+442079460958"),
        ("tel:+44-20-7946-0958;ext=3", None, "+442079460958"),
        ("020-7946-0958 (switchboard)", "UK", "+442079460958"),
        ("Fax: 020 7946 0958", "GB", "+442079460958"),
        ("+44 20 7946 0958 / +44 20 7946 0959", "GB", "+442079460958"),
        ("020 7946 0958 or 0959", "GB", "+442079460958"),
        ("٠٢٠٧٩٤٦٠٩٥٨", "GB", "+442079460958"),
        ("＋４４２０７９４６０９５８", None, "+442079460958"),
        ("030 / 12345-0", "DE", "+4930123450"),
        ("030/1234567; 0171/1234567", "DE", "+49301234567"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("06 1234567", "IT", "+39061234567"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("(212) 555-0147 x9", "United States", "+12125550147"),
        ("020 7946 0958", None, None),
        ("7946 0958", "GB", None),
        ("112", "DE", None),
        ("00000000", "GB", None),
        ("+999 123456", None, None),
        ("n/a", "GB", None),
        ("9" * 60, "GB", None),
    ],
)
def test_numbers(text, country, number):
    assert parse_phone(text, country) == number


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https:/acme.com", "acme.com"),
        ("HTTP:acme.com", "acme.com"),
        ("foo.github.io", "foo.github.io"),
        ("github.io", "github.io"),
        ("www.acme.uk.com", "acme.uk.com"),
        ("site.wixsite.com/acme", "site.wixsite.com"),
        ("acme.myshopify.com", "acme.myshopify.com"),
        ("faß.de", "xn--fa-hia.de"),
        ("acme.wordpress.com/about", "acme.wordpress.com"),
        ("www.acme.wordpress.com", "acme.wordpress.com"),
        ("wordpress.com", "wordpress.com"),
        ("www.wordpress.com", "wordpress.com"),
        ("https://www.facebook.com/acmebakery", None),
        ("linkedin.com/company/acme", None),
        ("instagram.com/acme?igsh=1", None),
        ("https://www.facebook.com/", "facebook.com"),
        ("facebook.com:443", "facebook.com"),
        ("ada@facebook.com", "facebook.com"),
        ("https://jobs.facebook.com/?x=1", "facebook.com"),
        ("acme,com", None),
        ("http:///acme.com", None),
        ("2130706433", None),
        ("[::ffff:1.2.3.4]", None),
    ],
)
def test_hosts(text, domain):
    assert parse_domain(text) == domain


@pytest.mark.parametrize(
    ("text", "profile"),
    [
        ("https://de.linkedin.com/in/ada-byron?trk=x&utm_source=y", "linkedin.com/in/ada-byron"),
        ("HTTP://WWW.LINKEDIN.COM/IN/ADA/en", "linkedin.com/in/ada"),
        ("https://www.linkedin.com/mwlite/in/ada", "linkedin.com/in/ada"),
        ("https://www.linkedin.com/comm/in/ada", "linkedin.com/in/ada"),
        ("http://uk.linkedin.com/pub/ada-byron/1a/2b/3c", "linkedin.com/in/ada-byron-03c02b1a"),
        ("https://www.linkedin.com/sales/lead/ACwAAA123456789,NAME_SEARCH,x",
         "linkedin.com/in/ACwAAA123456789"),
        ("https://www.linkedin.com/company-beta/1234/", "linkedin.com/company/1234"),
        ("https://www.linkedin.com/organization-guest/company/acme", "linkedin.com/company/acme"),
        ("https://www.linkedin.com/showcase/acme-labs", "linkedin.com/company/acme-labs"),
        ("https://www.linkedin.com/in/Jürgen", "linkedin.com/in/j%C3%BCrgen"),
        ("https://www.linkedin.com/pub/dir/Ada/Byron", None),
        ("https://linkedin.com.evil.test/in/ada", None),
        ("https://evil.test/linkedin.com/in/ada", None),
        ("https://twitter.com/#!/Ada", "x.com/ada"),
        ("https://mobile.twitter.com/ada/status/1?s=20", "x.com/ada"),
        ("https://x.com/i/user/12", None),
        ("https://m.facebook.com/profile.php?id=100&fref=ts", "facebook.com/100"),
        ("https://l.facebook.com/l.php?u=x", None),
        ("https://github.com/Ada/engine", "github.com/ada"),
        ("https://github.com/orgs/acme/people", "github.com/acme"),
        ("https://github.com/features", None),
        ("https://github.com/-ada", None),
    ],
)  # fmt: skip
def test_profiles(text, profile):
    assert parse_profile_url(text) == profile


@given(st.text(max_size=80), st.sampled_from(["GB", "DE", "US", "Atlantis", "", None]))
def test_no_text_raises_and_reading_again_changes_nothing(text, country):
    email, number, host = parse_email(text), parse_phone(text, country), parse_domain(text)
    profile = parse_profile_url(text)
    parse_title(text), parse_seniority(text), parse_department(text), parse_range(text)

    assert email is None or parse_email(email) == email
    assert number is None or parse_phone(number, country) == number
    assert host is None or parse_domain(host) == host
    assert profile is None or parse_profile_url(profile) == profile


profiles = st.from_regex(
    r"(https?://)?([a-z]{2}\.)?(linkedin|twitter|x|facebook|github)\.com(/[\w#!.%,-]{0,12}){1,4}",
    fullmatch=True,
)


@given(profiles)
def test_an_address_of_a_profile_is_read_once(text):
    profile = parse_profile_url(text)

    assert profile is None or parse_profile_url(profile) == profile


@given(st.from_regex(r"\+?[\d /;().-]{4,30}( (or|ext) \d+)?", fullmatch=True))
@example("0000001 or 0000")
def test_a_number_is_read_once(text):
    number = parse_phone(text, "GB")

    assert number is None or (parse_phone(number, None) == number and number.startswith("+"))
