"""A process that meets what nobody expects, in whose words a person stands.

python tests/e2e/crashing.py serve|worker <words>
"""

import sys
from typing import NoReturn

import pytest

from roleferry_enrich import app, cli, worker

# What each process does first that could read of people.
PLACES = {"serve": (app, "replay_journal"), "worker": (worker, "_take_in")}


def main(command: str, words: str) -> None:
    async def fail(_: object) -> NoReturn:
        raise KeyError(words)

    sys.argv[1:] = [command]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*PLACES[command], fail)
        cli.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
