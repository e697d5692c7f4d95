"""Hosts of the operator's own network, as the setting names them."""

import pytest

from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.errors import ConfigurationError


def read(text: str, tmp_path):
    given = {"ROLEFERRY_WEBHOOK_INSIDE_HOSTS": text}
    return read_settings(given, env_file=tmp_path / "none").webhook_inside_hosts


def test_hosts_are_read_with_their_ports(tmp_path):
    assert read("N8N.lan:5678, 10.0.0.8:443", tmp_path) == ("n8n.lan:5678", "10.0.0.8:443")
    assert read("", tmp_path) == ()


@pytest.mark.parametrize(
    "text", ["n8n.lan", "n8n.lan:0", "n8n.lan:65536", "*:443", "http://n8n.lan:80", "a:1,,b:2"]
)
def test_what_is_no_host_with_a_port_stops_the_start(text, tmp_path):
    with pytest.raises(ConfigurationError, match="WEBHOOK_INSIDE_HOSTS: expected hosts"):
        read(text, tmp_path)
