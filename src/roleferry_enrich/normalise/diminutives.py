"""Which given names stand for one another: Bob for Robert, Ted for Theodore."""

from functools import cache, lru_cache

from nicknames import NickNamer

# What the package's list (English) lacks and registers and social profiles often show.
_FURTHER = (
    ("alexander", "sasha", "sascha", "alec", "xander"),
    ("johannes", "hannes", "hans"),
    ("francisco", "paco", "pancho"),
    ("jose", "pepe"),
    ("giuseppe", "beppe", "peppe"),
    ("francesco", "franco"),
    ("ekaterina", "katya"),
    ("dmitri", "dima", "dmitry", "dmitriy"),
    ("vladimir", "volodya"),
    ("mikhail", "misha"),
    ("siobhan", "shiv"),
    ("mohammed", "mohammad", "muhammad", "mohamed", "mo"),
    ("wilhelm", "willi", "willy"),
    ("friedrich", "fritz"),
    ("guillermo", "memo"),
    ("ignacio", "nacho"),
)


@lru_cache(maxsize=16_384)
def is_short_for(short: str, full: str) -> bool:
    """Whether the folded given name `short` is a usual short form of `full`."""
    return full != short and full in formal_names(short)


@lru_cache(maxsize=16_384)
def formal_names(name: str) -> frozenset[str]:
    """The full names a folded given name may be short for, itself included."""
    listed = _nicknames().canonicals_of(name)
    own = (group[0] for group in _FURTHER if name in group)
    return frozenset({name, *listed, *own})


@cache
def _nicknames() -> NickNamer:
    return NickNamer()
