"""Each operation says which scope it needs, and lets in nobody without it."""

import re
from dataclasses import replace
from uuid import UUID

import pytest
from tests.api import fake_services
from tests.api.fake_services import ACCOUNT

from roleferry_enrich.api.application import create_api
from roleferry_enrich.domain.scopes import MEANINGS, Scope

DOCUMENT = create_api().openapi()
NEEDED = {
    (method.upper(), path): operation["security"][0]["apiKey"]
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if "security" in operation
}
FOR_ANY_KEY = {("GET", "/account"), ("GET", "/providers")}


def operation(method, path):
    return DOCUMENT["paths"][path][method.lower()]


def asked(path):
    """Ids of the right kind: a wrong one would be refused for itself."""
    return re.sub(r"\{\w+\}", str(UUID(int=7)), path)


def test_every_operation_for_callers_needs_one_scope_that_is_explained():
    assert {name for name, scopes in NEEDED.items() if not scopes} == FOR_ANY_KEY
    for scopes in NEEDED.values():
        assert set(scopes) <= set(MEANINGS)
        assert len(scopes) < 2
    assert set(MEANINGS) == set(Scope)


@pytest.mark.parametrize(("method", "path"), sorted(set(NEEDED) - FOR_ANY_KEY))
async def test_a_key_without_the_scope_is_refused_by_its_name(client, monkeypatch, method, path):
    (scope,) = NEEDED[method, path]
    others = frozenset(Scope) - {scope}
    monkeypatch.setitem(fake_services.KNOWN, fake_services.KEY, replace(ACCOUNT, scopes=others))
    reply = await client.request(method, asked(path))
    assert reply.status_code == 403
    assert reply.json()["type"] == "urn:roleferry-enrich:problem:missing-scope"
    assert reply.json()["detail"] == f"this needs an API key with the scope `{scope}`"
    assert f'error="insufficient_scope", scope="{scope}"' in reply.headers["www-authenticate"]
    assert f"`{scope}`" in operation(method, path)["description"]
    assert "403" in operation(method, path)["responses"]


@pytest.mark.parametrize(("method", "path"), sorted(set(NEEDED) - FOR_ANY_KEY))
async def test_a_key_with_the_scope_alone_is_let_in(client, monkeypatch, method, path):
    only = replace(ACCOUNT, scopes=frozenset(NEEDED[method, path]))
    monkeypatch.setitem(fake_services.KNOWN, fake_services.KEY, only)
    assert (await client.request(method, asked(path))).status_code not in {401, 403}


@pytest.mark.parametrize(("method", "path"), sorted(FOR_ANY_KEY))
async def test_what_needs_no_scope_is_open_to_any_key(client, monkeypatch, method, path):
    none = replace(ACCOUNT, scopes=frozenset())
    monkeypatch.setitem(fake_services.KNOWN, fake_services.KEY, none)
    assert (await client.request(method, path)).status_code == 200
    assert "403" not in operation(method, path)["responses"]
