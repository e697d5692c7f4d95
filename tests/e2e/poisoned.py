"""Workers that are started again whenever they end, of which some people are the end.

python tests/e2e/poisoned.py <how many>

Their provider is a play: who is asked for as `crash@` ends the interpreter, `hang@` is a loop
without end and `block@` holds the event loop for a while. Leases, looks, pauses and the time until
a hung process is ended are a fraction of the product's. Forked from one process that has read the
code: starting five times as many interpreters would be all that is tested.
"""

import os
import signal
import sys
import time
from datetime import timedelta

from roleferry_enrich import worker
from roleferry_enrich.batches import crew, running
from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.domain.people import EmailClaim, PersonClaim
from roleferry_enrich.domain.queries import PersonQuery
from roleferry_enrich.embedded import servers_of
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.observability import loop_lag
from roleferry_enrich.observability.logs import configure_logs
from roleferry_enrich.providers.contract import (
    Answer,
    Conversation,
    Findings,
    Provider,
    Spec,
    offers,
)

LEASE_S, BLOCKED_S, HUNG_S = 0.5, 0.4, 2.0


class Poison(Provider):
    spec = Spec(
        name="poison",
        title="Poison",
        docs="https://poison.test/docs",
        base_url="https://poison.test",
        authenticate=lambda key: {"X-Api-Key": key},
    )

    @offers(("email",), gives=("full_name",))
    def find_person(self, query: PersonQuery) -> Conversation[Answer]:
        address = query.keys.email or ""
        match address.partition("@")[0]:
            case "crash":
                os.kill(os.getpid(), signal.SIGKILL)
            case "hang":
                while True:
                    pass
            case "block":
                time.sleep(BLOCKED_S)
        yield from ()
        return Findings(people=(PersonClaim(emails=(EmailClaim(address=address),)),))


def played() -> dict[str, Channel]:
    return {"poison": Channel(provider=Poison(), key=Credential("k"))}


def main(count: int) -> None:
    vars(worker).update(LEASE=timedelta(seconds=LEASE_S), HUNG=timedelta(seconds=HUNG_S))
    loop_lag._BLOCKED = timedelta(seconds=BLOCKED_S / 3)
    running._BOOKS_PAUSE = timedelta(seconds=LEASE_S)
    crew._RENEW_S, crew._LOOK_S = LEASE_S / 4, LEASE_S / 8
    ours = {_begun() for _ in range(count)}
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit())
    try:
        while True:
            ended, _ = os.waitpid(-1, 0)
            ours.discard(ended)
            ours.add(_begun())
    finally:
        for pid in ours:
            os.kill(pid, signal.SIGKILL)


def _begun() -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        settings = read_settings()
        configure_logs(settings)
        with servers_of(settings) as servers:
            worker.run(settings, servers, channels=played())
    finally:
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
