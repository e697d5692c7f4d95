"""What is asked for many takes its time: whoever has not got it asks alone, at once."""

import asyncio
from datetime import timedelta

import pytest
from tests.gateway.crowd import CHANNEL, Crowd, Gatekeeper, errand_for, verify

from roleferry_enrich.domain.queries import EmailQuery
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.errand import Errand
from roleferry_enrich.gateway.gathering import Gatherings
from roleferry_enrich.providers.contract import Conversation
from roleferry_enrich.providers.gathering import Each, gathers

MOMENT = timedelta(milliseconds=200)


class Slow(Crowd):
    @gathers("verify_email", most=8, within=MOMENT, takes=timedelta(seconds=30))
    def verify_emails(self, queries: tuple[EmailQuery, ...]) -> Conversation[tuple[Each, ...]]:
        return (yield from super().verify_emails(queries))


def errand(seconds: float) -> Errand:
    made = errand_for(verify("orla@quillmere.test"), seconds=seconds)
    made.channel = Channel(provider=Slow(), key=CHANNEL.key)
    return made


@pytest.mark.parametrize(
    ("seconds", "sizes"), [((60, 60, 60), [3]), ((60, 9, 60), [1, 2]), ((9, 9, 9), [1, 1, 1])]
)
async def test_who_has_not_the_time_goes_alone(
    seconds: tuple[float, ...], sizes: list[int]
) -> None:
    gates = Gatekeeper()
    gatherings = Gatherings(gates)

    await asyncio.gather(
        *(gatherings.ask(verify(f"orla{n}@a.test"), errand(s)) for n, s in enumerate(seconds))
    )

    assert gates.sizes == sizes
