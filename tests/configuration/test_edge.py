"""Which names and proxies an operator may trust."""

import pytest

from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.errors import ConfigurationError


def read(tmp_path, **given):
    texts = {f"ROLEFERRY_{name}": text for name, text in given.items()}
    return read_settings(texts, env_file=tmp_path / "none")


def test_unset_any_name_is_ours_and_no_proxy_is_believed(tmp_path):
    settings = read(tmp_path)
    assert (settings.trusted_hosts, settings.trusted_proxies) == ((), ())


def test_several_are_parted_by_commas(tmp_path):
    settings = read(
        tmp_path,
        TRUSTED_HOSTS="API.acme.com, *.acme.net,127.0.0.1,[::1]",
        TRUSTED_PROXIES="10.0.0.7, fd00::/8",
    )
    assert settings.trusted_hosts == ("api.acme.com", "*.acme.net", "127.0.0.1", "[::1]")
    assert settings.trusted_proxies == ("10.0.0.7", "fd00::/8")


@pytest.mark.parametrize(
    "text", ["*", "acme.com:8000", "https://acme.com", "a..com", "*.*.com", "-a.com", "a,,b"]
)
def test_what_is_no_name_stops_the_start(tmp_path, text):
    with pytest.raises(ConfigurationError, match="TRUSTED_HOSTS: expected names"):
        read(tmp_path, TRUSTED_HOSTS=text)


@pytest.mark.parametrize("text", ["*", "0.0.0.0/0", "::/0", "proxy.lan", "10.0.0.7,", "10.0.0.7/8"])
def test_everybody_is_no_proxy(tmp_path, text):
    with pytest.raises(ConfigurationError, match="TRUSTED_PROXIES: expected addresses"):
        read(tmp_path, TRUSTED_PROXIES=text)
