"""The page to read of the API: all there is, and nothing from elsewhere."""

import hashlib
import re
from base64 import b64encode

from roleferry_enrich.api.application import create_api
from roleferry_enrich.api.docs_page import page_of

DOCUMENT = create_api().openapi()
PAGE = page_of(DOCUMENT)


async def test_the_page_loads_nothing_and_its_policy_lets_in_its_own_style_alone(stranger):
    reply = await stranger.get("/docs")

    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert not re.findall(r"<(script|link|img|iframe|object|form)|\ssrc=|@import|url\(", reply.text)
    (style,) = re.findall(r"<style>(.*?)</style>", reply.text, re.DOTALL)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = reply.headers.get_list("content-security-policy")
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_every_operation_and_schema_is_on_the_page():
    for path, methods in DOCUMENT["paths"].items():
        for method in methods:
            assert f"<code>{method.upper()} {path}</code>" in PAGE
    for name in DOCUMENT["components"]["schemas"]:
        assert f"id='{name}'" in PAGE


def test_a_link_of_the_page_leads_to_a_place_on_it():
    assert set(re.findall(r"href='#(\w+)'", PAGE)) <= set(re.findall(r"id='(\w+)'", PAGE))


def test_what_a_description_holds_is_shown_and_not_obeyed():
    hostile = {**DOCUMENT, "info": {**DOCUMENT["info"], "description": "<script>x</script>"}}

    page = page_of(hostile)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
