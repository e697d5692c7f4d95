"""Which given names stand for one another: Bob for Robert, Ted for Theodore."""

from functools import cache, lru_cache

from nicknames import NickNamer

from roleferry_enrich.normalise.sounds import sound

# What the package's list (English) lacks and registers and social profiles often show. A Ukrainian
# stands in a Russian form of the name elsewhere, so those are forms of one name too.
_FURTHER = (
    ("alexander", "sasha", "sascha", "alec", "xander", "alexandre", "aleksandr", "oleksandr"),
    ("johannes", "hannes", "hans"),
    ("francisco", "paco", "pancho"),
    ("jose", "pepe"),
    ("giuseppe", "beppe", "peppe"),
    ("francesco", "franco"),
    ("ekaterina", "katya"),
    ("dmitri", "dima", "dmitry", "dmitriy", "dmytro"),
    ("vladimir", "volodya", "volodymyr"),
    ("mikhail", "misha", "mykhailo"),
    ("nikolai", "kolya", "nikolay", "mykola"),
    ("sergei", "seryozha", "sergey", "serhiy", "serhii"),
    ("andrei", "andrey", "andriy", "andrii"),
    ("evgeny", "zhenya", "evgeniy", "yevgeny", "yevhen"),
    ("siobhan", "shiv"),
    ("mohammed", "mohammad", "muhammad", "mohamed", "mo"),
    ("wilhelm", "willi", "willy"),
    ("friedrich", "fritz"),
    ("guillermo", "memo"),
    ("ignacio", "nacho"),
    ("stephen", "steven", "stefan"),
    ("geoffrey", "jeffrey"),
    ("george", "georg", "georges"),
    ("philip", "philipp", "philippe", "phillip"),
)
# In sound: Christiane, Philippa, Danielle, Stefanie, Josephine, Antoinette.
_FEMININE = ("a", "e", "ie", "ia", "ne", "na", "ine", "ina", "ele", "ete")


@lru_cache(maxsize=16_384)
def is_short_for(short: str, full: str) -> bool:
    """Whether the folded given name `short` is a usual short form of `full`."""
    return full != short and full in formal_names(short)


@lru_cache(maxsize=16_384)
def formal_names(name: str) -> frozenset[str]:
    """The full names a folded given name may be short for, itself included."""
    listed = _nicknames().canonicals_of(name)
    return frozenset({name, *listed, *_further().get(name, ())})


@lru_cache(maxsize=16_384)
def is_other_name(left: str, right: str) -> bool:
    """Whether two near-alike given names are known to be two: Christian and Christina.

    Brothers, sisters and couples share a surname and often a company, so a letter counts here.
    """
    if formal_names(left) & formal_names(right):
        return False
    short, long = sorted((sound(left), sound(right)), key=len)
    if short[:-1] == long[:-1] and {short[-1:], long[-1:]} == {"a", "o"}:
        return True
    if len(short) > 2 and long.startswith(short) and long[len(short) :] in _FEMININE:
        return True
    return short != long and is_listed(left) and is_listed(right)


@lru_cache(maxsize=16_384)
def is_listed(name: str) -> bool:
    """Whether the folded text is a given name that short forms are known of, or one of those."""
    names = _nicknames()
    return bool(names.canonicals_of(name) or names.nicknames_of(name))


@cache
def _further() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for full, *others in _FURTHER:
        for name in others:
            found.setdefault(name, []).append(full)
    return found


@cache
def _nicknames() -> NickNamer:
    return NickNamer()
