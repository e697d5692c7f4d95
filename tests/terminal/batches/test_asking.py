"""What is asked of a service, and how long it is waited for."""

import pytest

from roleferry_enrich.terminal.batches.asking import JobsOf
from roleferry_enrich.terminal.service import ServiceAway, ServiceRefused


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def jobs(service, pauses):
    async def sleep(seconds):
        pauses.append(seconds)

    return JobsOf(service, sleep)


def part_of(contacts, *emails):
    [part] = contacts("email\n" + "\n".join(emails) + "\n").parts()
    return part


async def test_a_part_is_sent_as_lines_under_a_key(contacts, jobs, service):
    sent = await jobs.create(part_of(contacts, "a@a.test", "bad"), {"priority": "low"}, "key-1")

    assert (sent.job_id, sent.refused, sent.refused_rows) == (
        "job-1",
        {2: "email: is no address"},
        1,
    )
    [post] = service.posts()
    assert post["content"] == b'{"email":"a@a.test"}\n{"email":"bad"}'
    assert post["params"] == {"priority": "low"}
    assert post["headers"]["Idempotency-Key"] == "key-1"
    assert not jobs.knew_some


async def test_a_part_that_is_known_is_told(contacts, jobs, service):
    part = part_of(contacts, "a@a.test")
    await jobs.create(part, {}, "key-1")
    service.made["key-1"].ended.add(1)
    await jobs.create(part, {}, "key-1")

    assert jobs.knew_some


async def test_a_part_none_of_whose_rows_is_accepted_has_no_job(contacts, jobs):
    sent = await jobs.create(part_of(contacts, "bad", "bad"), {}, "key-1")

    assert sent.job_id is None
    assert sent.refused == {1: "email: is no address", 2: "email: is no address"}


async def test_another_refusal_is_handed_on(contacts, jobs, service):
    fault = {"field": "Idempotency-Key", "code": "key_reused", "message": "was used"}
    service.failures = [ServiceRefused("no", status=422, faults=[fault])]
    with pytest.raises(ServiceRefused, match="no"):
        await jobs.create(part_of(contacts, "a@a.test"), {}, "key-1")


async def test_a_service_that_restarts_is_waited_for(contacts, jobs, service, pauses):
    await jobs.create(part_of(contacts, "a@a.test"), {}, "key-1")
    away = ServiceAway("busy", status=429, retry_after_s=20)
    service.failures = [ServiceAway("gone"), away, ServiceAway("gone")]

    assert (await jobs.job("job-1"))["id"] == "job-1"
    assert pauses == [1, 20, 4]


async def test_a_service_that_stays_away_is_given_up(contacts, jobs, service, pauses):
    await jobs.create(part_of(contacts, "a@a.test"), {}, "key-1")
    service.failures = [ServiceAway(f"gone {number}") for number in range(50)]
    with pytest.raises(ServiceAway, match="gone 11"):
        await jobs.job("job-1")
    assert max(pauses) == 30


async def test_a_service_that_never_answered_is_not_waited_for(jobs, service, pauses):
    service.failures = [ServiceAway("no service answers")]
    with pytest.raises(ServiceAway):
        await jobs.job("job-1")
    assert pauses == []


async def test_a_page_goes_on_after_a_place(contacts, jobs, service):
    await jobs.create(part_of(contacts, "a@a.test", "b@a.test"), {}, "key-1")
    service.made["key-1"].ended |= {1, 2}

    assert [item["row"] for item in (await jobs.results("job-1", None))["items"]] == [1, 2]
    assert [item["row"] for item in (await jobs.results("job-1", "1"))["items"]] == [2]
