"""Replies of providers in which anything has become anything: understood, or a provider's error."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.providers.conformance import Exchange, Player, exchanges_of, reply_of
from tests.thorough import examples

from roleferry_enrich.errors import ProviderError
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.clay import Clay
from roleferry_enrich.providers.own_store import OwnStore
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.routines import Routine

# Without a routine Clay offers no addresses.
PROVIDERS = {**catalogue(), "clay": Clay(Routine("function:t_work_email"))}
FAR = sorted(name for name, it in PROVIDERS.items() if not isinstance(it, OwnStore))
EXCHANGES = {name: exchanges_of(name) for name in FAR}
STRANGE = st.sampled_from(
    [
        *("", " ", "\0", "\u202e", "1", "-1", "null", "2026-13-45", "0000-00-00", "9" * 400),
        *("x" * 5_000, "a@b@c", "http://[", "https://\u2100.test", "=cmd()", "{}", "\U0001f600"),
        *(0, -1, 2**31, 2**63, 2**64 - 1, 0.5, -0.0, 1e308, None, True, False),
        *([], {}, [[]], [{}], [None], {"": {}}, [1, "x", None, {}]),
    ]
)
ANYTHING = STRANGE | st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@st.composite
def spoilt(draw: st.DrawFn, name: str) -> Exchange:
    """A documented exchange of the provider with a few members of its replies replaced."""
    exchange = draw(st.sampled_from(EXCHANGES[name]))
    calls = copy.deepcopy(exchange.calls)
    for _ in range(draw(st.integers(1, 3))):
        reply = draw(st.sampled_from(calls))["reply"]
        if "json" in reply:
            reply["json"] = _replaced(draw, reply["json"])
        else:
            text = reply.get("text", "")
            cut = draw(st.integers(0, len(text)))
            reply["text"] = text[:cut] + str(draw(STRANGE)) + text[cut:]
    return Exchange(exchange.name, exchange.capability, exchange.query, calls, {})


def _replaced(draw: st.DrawFn, document: Any) -> Any:
    """Somewhere down a drawn way."""
    if not document or not isinstance(document, dict | list) or draw(st.integers(0, 9)) == 0:
        return draw(ANYTHING)
    if isinstance(document, dict):
        name = draw(st.sampled_from(sorted(document)))
        return {**document, name: _replaced(draw, document[name])}
    place = draw(st.integers(0, len(document) - 1))
    return [*document[:place], _replaced(draw, document[place]), *document[place + 1 :]]


@pytest.mark.parametrize("name", FAR)
@settings(max_examples=examples(20))
@given(st.data())
def test_any_reply_is_understood_or_a_providers_error(name, data):
    exchange = data.draw(spoilt(name))
    last = reply_of(exchange.calls[-1]["reply"])
    player = Player(exchange, strict=False)

    def reply_to(call):
        reply = player(call) if player.unused else last
        assert 0 <= call.charge(reply) <= call.credits
        return reply

    provider = PROVIDERS[name]
    try:
        play(provider, exchange.start(provider), reply_to)
    except ProviderError:
        return
