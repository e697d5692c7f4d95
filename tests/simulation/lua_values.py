"""What Lua means by truth, length, number and text, and its library as far as scripts need it."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping

Value = object


class Table:
    """A Lua table: rows counted from one, and members."""

    def __init__(
        self, rows: Iterable[Value] = (), members: Iterable[tuple[Value, Value]] = ()
    ) -> None:
        self._slots: dict[Value, Value] = {
            float(n): row for n, row in enumerate(rows, 1) if row is not None
        }
        for key, value in members:
            self[key] = value

    def __getitem__(self, key: Value) -> Value:
        return self._slots.get(key)

    def __setitem__(self, key: Value, value: Value) -> None:
        if value is None:
            self._slots.pop(key, None)
        else:
            self._slots[key] = value

    def __len__(self) -> int:
        count = 0
        while float(count + 1) in self._slots:
            count += 1
        return count

    def rows(self) -> list[Value]:
        return [self._slots[float(n)] for n in range(1, len(self) + 1)]

    def items(self) -> list[tuple[Value, Value]]:
        return list(self._slots.items())


def truth(value: Value) -> bool:
    return value is not None and value is not False


def same(one: Value, other: Value) -> bool:
    return type(one) is type(other) and one == other


def number(value: Value) -> float:
    """For arithmetic, which also takes a text of digits. Raises TypeError as Lua would."""
    if isinstance(value, float):
        return value
    read = to_number(value)
    if read is None:
        raise TypeError(f"arithmetic on {type(value).__name__}")
    return read


def to_number(value: Value = None, radix: float = 10.0) -> float | None:
    if isinstance(value, float):
        return value
    if not isinstance(value, str):
        return None
    try:
        return float(value) if radix == 10 else float(int(value, int(radix)))
    except ValueError:
        return None


def text(value: Value) -> str:
    """For joining: a text, or a number as Lua prints it. Raises TypeError for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return to_text(value)
    raise TypeError(f"a text joined with {type(value).__name__}")


def to_text(value: Value = None) -> str:
    match value:
        case None:
            return "nil"
        case bool():
            return str(value).lower()
        case float():
            return f"{value:.14g}"
        case _:
            return str(value)


def length(value: Value) -> float:
    assert isinstance(value, str | Table)
    return float(len(value))


def both(left: Value, right: Callable[[], Value]) -> Value:
    return right() if truth(left) else left


def either(left: Value, right: Callable[[], Value]) -> Value:
    return left if truth(left) else right()


def count(first: Value, last: Value, step: Value = 1.0) -> Iterator[float]:
    here, stop, by = number(first), number(last), number(step)
    while here <= stop if by > 0 else here >= stop:
        yield here
        here += by


def _ipairs(table: Table) -> Iterator[tuple[float, Value]]:
    return ((float(n), row) for n, row in enumerate(table.rows(), 1))


def _unpack(table: Table) -> list[Value]:
    return table.rows()


def _insert(table: Table, *given: Value) -> None:
    if len(given) != 1:
        raise TypeError("only table.insert(table, value) is supported")
    table[float(len(table) + 1)] = given[0]


def _format(pattern: str, *given: Value) -> str:
    return pattern % given


def _sub(whole: str, first: float, last: float = -1.0) -> str:
    start = int(first) - 1 if first > 0 else len(whole) + int(first)
    stop = int(last) if last >= 0 else len(whole) + int(last) + 1
    return whole[max(start, 0) : stop]


def _kind(value: Value = None) -> str:
    match value:
        case None:
            return "nil"
        case bool():
            return "boolean"
        case float():
            return "number"
        case str():
            return "string"
        case _:
            return "table"


BUILT_IN: Mapping[str, Value] = {
    "truth": truth,
    "same": same,
    "number": number,
    "text": text,
    "length": length,
    "both": both,
    "either": either,
    "count": count,
    "Table": Table,
    "tonumber": to_number,
    "tostring": to_text,
    "type": _kind,
    "ipairs": _ipairs,
    "pairs": Table.items,
    "unpack": _unpack,
    "table": {"insert": _insert, "unpack": _unpack},
    "string": {
        "format": _format,
        "sub": _sub,
        "len": length,
        "lower": str.lower,
        "upper": str.upper,
    },
    "math": {
        "max": max,
        "min": min,
        "floor": lambda value: float(math.floor(number(value))),
        "ceil": lambda value: float(math.ceil(number(value))),
        "abs": abs,
        "huge": math.inf,
    },
}
