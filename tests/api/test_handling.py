"""`/privacy/handling`: said as a whole, and of known providers."""

WHOLE = {
    "purpose": "sales", "lawful_basis": "legitimate_interests", "providers_off": ["hunter"],
}  # fmt: skip
NOTHING = {"purpose": None, "lawful_basis": None, "providers_off": []}


async def test_what_is_said_holds_as_a_whole(client):
    assert (await client.get("/privacy/handling")).json() == NOTHING
    assert (await client.put("/privacy/handling", json=WHOLE)).json() == WHOLE
    assert (await client.get("/privacy/handling")).json() == WHOLE
    assert (await client.put("/privacy/handling", json={})).json() == NOTHING


async def test_a_provider_nobody_knows_and_a_ground_that_is_none_are_refused(client):
    for body, field in (
        ({"providers_off": ["hunt"]}, "providers_off"),
        ({"lawful_basis": "x"}, "lawful_basis"),
    ):
        reply = await client.put("/privacy/handling", json=body)
        assert reply.status_code == 422
        assert [fault["field"] for fault in reply.json()["errors"]] == [field]
