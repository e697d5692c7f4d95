"""Which addresses, hosts and URLs may be called when somebody else names them."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.gateway.addresses import is_public, refuse_host, refuse_url

PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.1.2.3",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "169.254.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "192.175.48.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "2620:4f:8000::1",
    "3ffe::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "4000::1",
    "2606:4700::5efe:7f00:1",
    "2606:4700::200:5efe:a00:1",
    "2606:4700::1111%1",
]

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "126.255.255.255",
    "128.0.0.1",
    "168.63.129.15",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.1",
    "192.167.255.255",
    "192.169.0.1",
    "198.17.255.255",
    "198.20.0.1",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "2606:4700::1111",
    "2a00:1450::1",
    "2001:4860:4860::8888",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_an_inside_are_denied(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_allowed(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_never_makes_it_public(address) -> None:
    for prefix in ("::", "64:ff9b::", "::ffff:0:"):
        assert not is_public(ip_address(f"{prefix}{address}"))

    assert is_public(ip_address(f"::ffff:{address}")) is is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "017700000001", "0",
        "0x7f.1", "0x", "1.2.3.4", "8.8.8.8", "example.com.0x7f", "a.1", "127.0.0.1.",
        "①②⑦.⓪.⓪.①", "127。0。0。1", "ex\u0430mple.com",
        "[::1]", "::1", "[::ffff:127.0.0.1]", "fe80::1%25eth0",
        "localhost", "LOCALHOST.", "foo.localhost", "printer.local", "metadata.google.internal",
        "router.lan", "db.corp", "1.0.0.127.in-addr.arpa", "intranet", "",  ".", "a..b", ".com",
        "user@acme.com", "acme.com:22", "acme.com/x", "acme.com\\@x.com", "acme.com#x", "a b.com",
        "acme.com\r\nhost: x", "acme.com\n", "%31%32%37.com", "-a.com", "a-.com", "a_b.com",
        "a" * 64 + ".com", "a." * 127 + "com", "xn--a.com", "xn--\u0000.com", "*.acme.com",
    ],
)  # fmt: skip
def test_hosts_that_hide_an_address_are_refused_unresolved(host: str) -> None:
    assert refuse_host(host)


@pytest.mark.parametrize(
    "host",
    ["acme.com", "www.ACME.co.uk", "acme.com.", "xn--mnchen-3ya.de", "a.b.c.d.acme.io", "3m.com",
     "1and1.de", "quillmere.test", "x0.org", "0x7f.com"],
)  # fmt: skip
def test_ordinary_hosts_pass(host: str) -> None:
    assert refuse_host(host) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.com/", "gopher://acme.com/", "file:///etc/passwd", "ftp://acme.com",
        "//acme.com",
        "https:acme.com", "https:///acme.com", "https://", "https:/acme.com", "acme.com",
        "https://user:pass@acme.com/", "https://acme.com@127.0.0.1/", "https://acme.com\\@127.0.0.1/",
        "https://127.0.0.1#@acme.com/", "https://acme.com:99999/", "https://acme.com:22/",
        "https://acme.com:0/", "https://acme.com:\uff18\uff10/", "https://acme.com:/", "https://[::1]/",
        "https://%31%32%37.0.0.1/", "https://127.1/", "https://0x7f000001/", "https://2130706433",
        "https://0177.0.0.1/", "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/",
        "https://localhost/", "https://metadata.google.internal/", "https://acme.com/a\r\nHost: x",
        "https://acme.com/a b", "https://acme.com/\\..", "https://acme.com/é", " https://acme.com/",
        "https://acme.com/\n", "https://acme.com/" + "a" * 10_000, "javascript:alert(1)",
    ],
)  # fmt: skip
def test_urls_in_dangerous_spellings_are_refused(url: str) -> None:
    assert refuse_url(url)


@pytest.mark.parametrize(
    "url",
    ["https://acme.com", "https://acme.com/", "https://www.acme.com:443/a/b?c=d&e=%20#f",
     "https://acme.com?x=@y", "https://ACME.com/a@b:c"],
)  # fmt: skip
def test_plain_https_urls_pass(url: str) -> None:
    assert refuse_url(url) is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_judgement(text: str) -> None:
    assert refuse_host(text) is None or refuse_host(text)
    assert refuse_url(f"https://{text}") is None or refuse_url(f"https://{text}")
