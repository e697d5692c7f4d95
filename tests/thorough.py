"""How many examples a search for counter-examples looks at: few in a run, many in `make chaos`."""

import os

_TIMES = int(os.environ.get("THOROUGH", "1"))


def examples(usual: int) -> int:
    return usual * _TIMES
