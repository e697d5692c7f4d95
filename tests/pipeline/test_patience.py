"""Each answer is waited for for its share of the deadline, and then no longer."""

from datetime import timedelta

from tests.polling import becomes

from roleferry_enrich.pipeline.patience import Patience


async def test_nothing_is_waited_for_that_was_not_begun() -> None:
    patience = Patience[str](timedelta(seconds=100))

    assert not patience.waits_for("acme")
    assert patience.seconds_left(["acme"]) is None


async def test_what_was_begun_is_waited_for_for_a_tenth_of_the_deadline() -> None:
    patience = Patience[str](timedelta(seconds=100))
    patience.begun("acme")

    left = patience.seconds_left(["acme", "bravo"])

    assert patience.waits_for("acme")
    assert left is not None
    assert 0 < left <= 10


async def test_it_ends() -> None:
    patience = Patience[str](timedelta(milliseconds=10))
    patience.begun("acme")

    async def is_over() -> bool:
        return not patience.waits_for("acme")

    await becomes(is_over)
    assert patience.seconds_left(["acme"]) is None
