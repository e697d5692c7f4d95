"""What a Redis holds and does with it: the commands our gates use and some they may come to use.

Checked against a real Redis by test_redis_data.py. It knows no network; time is an argument.
"""

import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.simulation import lua
from tests.simulation.lua_values import Table

Bytes = bytes
Answer = object
"""int, bytes, None, list, `Line` or `Fault`: what the protocol can carry."""


@dataclass(frozen=True, slots=True)
class Line:
    """A status reply such as OK."""

    text: str


class Fault(Exception):
    """An error reply; the text begins with its code."""


OK = Line("OK")
_WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"
_NOT_A_NUMBER = "ERR value is not an integer or out of range"


@dataclass
class Data:
    """One Redis database. `clock` is the server's wall clock in seconds."""

    clock: Callable[[], float]
    published: list[tuple[bytes, bytes]] = field(default_factory=list)
    """Messages not yet handed to subscribers."""
    _values: dict[bytes, object] = field(default_factory=dict)
    _ends: dict[bytes, float] = field(default_factory=dict)
    _scripts: dict[bytes, tuple[str, Callable[..., object]]] = field(default_factory=dict)
    versions: dict[bytes, int] = field(default_factory=dict)

    def execute(self, name: bytes, *args: bytes) -> Answer:
        """The command's reply; a refusal is returned, not raised."""
        command = getattr(self, "_do_" + name.decode("ascii", "replace").lower(), None)
        if command is None:
            return Fault(f"ERR unknown command '{name.decode(errors='replace')}'")
        try:
            return command(*args)
        except Fault as fault:
            return fault
        except TypeError as error:
            return Fault(f"ERR wrong number of arguments or use: {error}")

    def flush(self) -> None:
        for key in self._values:
            self._touch(key)
        self._values.clear()
        self._ends.clear()
        self._scripts.clear()  # as after a restart, which is what a flush in the field mostly is

    # What keys hold

    def _get(self, key: bytes, kind: type) -> object | None:
        if self._ends.get(key, math.inf) <= self.clock() * 1000:
            self._drop(key)
        value = self._values.get(key)
        if value is not None and not isinstance(value, kind):
            raise Fault(_WRONG_TYPE)
        return value

    def _own(self, key: bytes, kind: type) -> object:
        """The value there, made if there is none."""
        if self._get(key, kind) is None:
            self._values[key] = kind()
        self._touch(key)
        return self._values[key]

    def _drop(self, key: bytes) -> bool:
        self._ends.pop(key, None)
        self._touch(key)
        return self._values.pop(key, None) is not None

    def _drop_if_empty(self, key: bytes) -> None:
        if not self._values.get(key):
            self._drop(key)

    def _touch(self, key: bytes) -> None:
        self.versions[key] = self.versions.get(key, 0) + 1

    # Keys

    def _do_ping(self, *_: bytes) -> Answer:
        return Line("PONG")

    def _do_select(self, _: bytes) -> Answer:
        return OK

    def _do_client(self, *_: bytes) -> Answer:
        return OK

    def _do_time(self) -> Answer:
        micros = round(self.clock() * 1_000_000)
        return [b"%d" % (micros // 1_000_000), b"%d" % (micros % 1_000_000)]

    def _do_del(self, *keys: bytes) -> Answer:
        return sum(self._get(key, object) is not None and self._drop(key) for key in keys)

    _do_unlink = _do_del

    def _do_exists(self, *keys: bytes) -> Answer:
        return sum(self._get(key, object) is not None for key in keys)

    def _do_type(self, key: bytes) -> Answer:
        names = {bytes: "string", dict: "hash", set: "set", list: "list", _Sorted: "zset"}
        value = self._get(key, object)
        return Line("none" if value is None else names[type(value)])

    def _do_dbsize(self) -> Answer:
        return len(self._values)

    def _do_flushdb(self, *_: bytes) -> Answer:
        self.flush()
        return OK

    _do_flushall = _do_flushdb

    def _do_pexpire(self, key: bytes, life: bytes, *_: bytes) -> Answer:
        return self._end_at(key, self.clock() * 1000 + _integer(life))

    def _do_expire(self, key: bytes, life: bytes, *_: bytes) -> Answer:
        return self._end_at(key, self.clock() * 1000 + _integer(life) * 1000)

    def _do_pexpireat(self, key: bytes, end: bytes, *_: bytes) -> Answer:
        return self._end_at(key, _integer(end))

    def _end_at(self, key: bytes, end: float) -> int:
        if self._get(key, object) is None:
            return 0
        self._ends[key] = end
        return 1

    def _do_persist(self, key: bytes) -> Answer:
        return int(self._get(key, object) is not None and self._ends.pop(key, None) is not None)

    def _do_pttl(self, key: bytes) -> Answer:
        if self._get(key, object) is None:
            return -2
        end = self._ends.get(key)
        return -1 if end is None else max(0, round(end - self.clock() * 1000))

    def _do_ttl(self, key: bytes) -> Answer:
        left = self._do_pttl(key)
        assert isinstance(left, int)
        return left if left < 0 else (left + 500) // 1000

    # Texts

    def _do_get(self, key: bytes) -> Answer:
        return self._get(key, bytes)

    def _do_mget(self, *keys: bytes) -> Answer:
        values = [self._get(key, object) for key in keys]
        return [value if isinstance(value, bytes) else None for value in values]

    def _do_set(self, key: bytes, value: bytes, *options: bytes) -> Answer:
        words = [option.upper() for option in options]
        before = self._get(key, bytes if b"GET" in words else object)
        if (b"NX" in words and before is not None) or (b"XX" in words and before is None):
            return before if b"GET" in words else None
        end = self._ends.get(key) if b"KEEPTTL" in words else None
        for unit, scale in ((b"PX", 1), (b"EX", 1000)):
            if unit in words:
                life = _integer(options[words.index(unit) + 1])
                if life <= 0:
                    raise Fault("ERR invalid expire time in 'set' command")
                end = self.clock() * 1000 + life * scale
        self._drop(key)
        self._values[key] = value
        if end is not None:
            self._ends[key] = end
        return before if b"GET" in words else OK

    def _do_setnx(self, key: bytes, value: bytes) -> Answer:
        return int(self._do_set(key, value, b"NX") is OK)

    def _do_psetex(self, key: bytes, life: bytes, value: bytes) -> Answer:
        return self._do_set(key, value, b"PX", life)

    def _do_setex(self, key: bytes, life: bytes, value: bytes) -> Answer:
        return self._do_set(key, value, b"EX", life)

    def _do_getdel(self, key: bytes) -> Answer:
        value = self._get(key, bytes)
        self._drop(key)
        return value

    def _do_incrby(self, key: bytes, by: bytes) -> Answer:
        value = self._get(key, bytes)
        assert value is None or isinstance(value, bytes)
        total = _integer(value or b"0") + _integer(by)
        self._values[key] = b"%d" % total
        self._touch(key)
        return total

    def _do_incr(self, key: bytes) -> Answer:
        return self._do_incrby(key, b"1")

    def _do_decr(self, key: bytes) -> Answer:
        return self._do_incrby(key, b"-1")

    def _do_decrby(self, key: bytes, by: bytes) -> Answer:
        return self._do_incrby(key, b"%d" % -_integer(by))

    # Hashes

    def _hash(self, key: bytes) -> dict[bytes, bytes]:
        value = self._get(key, dict)
        return value if isinstance(value, dict) else {}

    def _do_hset(self, key: bytes, *pairs: bytes) -> Answer:
        if not pairs or len(pairs) % 2:
            raise Fault("ERR wrong number of arguments for 'hset' command")
        held = self._own(key, dict)
        assert isinstance(held, dict)
        given = dict(zip(pairs[::2], pairs[1::2], strict=True))
        fresh = len(given.keys() - held.keys())
        held.update(given)
        return fresh

    def _do_hmset(self, key: bytes, *pairs: bytes) -> Answer:
        self._do_hset(key, *pairs)
        return OK

    def _do_hsetnx(self, key: bytes, name: bytes, value: bytes) -> Answer:
        return 0 if name in self._hash(key) else self._do_hset(key, name, value)

    def _do_hget(self, key: bytes, name: bytes) -> Answer:
        return self._hash(key).get(name)

    def _do_hmget(self, key: bytes, *names: bytes) -> Answer:
        held = self._hash(key)
        return [held.get(name) for name in names]

    def _do_hgetall(self, key: bytes) -> Answer:
        return [part for pair in self._hash(key).items() for part in pair]

    def _do_hexists(self, key: bytes, name: bytes) -> Answer:
        return int(name in self._hash(key))

    def _do_hlen(self, key: bytes) -> Answer:
        return len(self._hash(key))

    def _do_hdel(self, key: bytes, *names: bytes) -> Answer:
        held = self._hash(key)
        gone = sum(held.pop(name, None) is not None for name in names)
        self._touch(key)
        self._drop_if_empty(key)
        return gone

    def _do_hincrby(self, key: bytes, name: bytes, by: bytes) -> Answer:
        total = _integer(self._hash(key).get(name, b"0")) + _integer(by)
        self._do_hset(key, name, b"%d" % total)
        return total

    # Sets, sorted and not

    def _do_sadd(self, key: bytes, *members: bytes) -> Answer:
        held = self._own(key, set)
        assert isinstance(held, set)
        fresh = len(set(members) - held)
        held.update(members)
        return fresh

    def _do_srem(self, key: bytes, *members: bytes) -> Answer:
        held = self._get(key, set)
        if not isinstance(held, set):
            return 0
        gone = len(held & set(members))
        held.difference_update(members)
        self._drop_if_empty(key)
        return gone

    def _do_scard(self, key: bytes) -> Answer:
        held = self._get(key, set)
        return len(held) if isinstance(held, set) else 0

    def _do_sismember(self, key: bytes, member: bytes) -> Answer:
        held = self._get(key, set)
        return int(isinstance(held, set) and member in held)

    def _do_smembers(self, key: bytes) -> Answer:
        held = self._get(key, set)
        return sorted(held) if isinstance(held, set) else []

    def _do_zadd(self, key: bytes, *args: bytes) -> Answer:
        options = [arg for arg in args[:2] if arg.upper() in {b"NX", b"XX", b"CH"}]
        pairs = args[len(options) :]
        held = self._own(key, _Sorted)
        assert isinstance(held, _Sorted)
        fresh = 0
        for score, member in zip(pairs[::2], pairs[1::2], strict=True):
            if (b"NX" in options and member in held) or (b"XX" in options and member not in held):
                continue
            fresh += member not in held
            held[member] = float(score)
        return fresh

    def _sorted(self, key: bytes) -> list[tuple[float, bytes]]:
        held = self._get(key, _Sorted)
        return sorted((score, member) for member, score in held.items()) if held else []

    def _do_zrem(self, key: bytes, *members: bytes) -> Answer:
        held = self._get(key, _Sorted)
        if not isinstance(held, _Sorted):
            return 0
        gone = sum(held.pop(member, None) is not None for member in members)
        self._drop_if_empty(key)
        return gone

    def _do_zcard(self, key: bytes) -> Answer:
        return len(self._sorted(key))

    def _do_zscore(self, key: bytes, member: bytes) -> Answer:
        held = self._get(key, _Sorted)
        score = held.get(member) if isinstance(held, _Sorted) else None
        return None if score is None else _score(score)

    def _do_zrank(self, key: bytes, member: bytes) -> Answer:
        order = [held for _, held in self._sorted(key)]
        return order.index(member) if member in order else None

    def _do_zcount(self, key: bytes, low: bytes, high: bytes) -> Answer:
        return len(self._between(key, low, high))

    def _do_zrange(self, key: bytes, first: bytes, last: bytes, *options: bytes) -> Answer:
        if b"BYSCORE" in [option.upper() for option in options]:
            rows = self._between(key, first, last)
        else:
            rows = _slice(self._sorted(key), first, last)
        return _with_scores(rows, options)

    def _do_zrangebyscore(self, key: bytes, low: bytes, high: bytes, *options: bytes) -> Answer:
        return _with_scores(self._between(key, low, high), options)

    def _do_zremrangebyscore(self, key: bytes, low: bytes, high: bytes) -> Answer:
        return self._do_zrem(key, *(member for _, member in self._between(key, low, high)))

    def _between(self, key: bytes, low: bytes, high: bytes) -> list[tuple[float, bytes]]:
        above, below = _bound(low), _bound(high)
        return [
            (score, member)
            for score, member in self._sorted(key)
            if (score > above[0] or (score == above[0] and not above[1]))
            and (score < below[0] or (score == below[0] and not below[1]))
        ]

    # Lists

    def _do_rpush(self, key: bytes, *rows: bytes) -> Answer:
        held = self._own(key, list)
        assert isinstance(held, list)
        held.extend(rows)
        return len(held)

    def _do_lpush(self, key: bytes, *rows: bytes) -> Answer:
        held = self._own(key, list)
        assert isinstance(held, list)
        held[:0] = reversed(rows)
        return len(held)

    def _do_lpop(self, key: bytes) -> Answer:
        held = self._get(key, list)
        row = held.pop(0) if isinstance(held, list) else None
        self._drop_if_empty(key)
        return row

    def _do_llen(self, key: bytes) -> Answer:
        held = self._get(key, list)
        return len(held) if isinstance(held, list) else 0

    def _do_lrange(self, key: bytes, first: bytes, last: bytes) -> Answer:
        held = self._get(key, list)
        return _slice(held, first, last) if isinstance(held, list) else []

    # Scripts and messages

    def _do_publish(self, channel: bytes, message: bytes) -> Answer:
        self.published.append((channel, message))
        return 1

    def _do_script(self, verb: bytes, *args: bytes) -> Answer:
        match verb.upper():
            case b"LOAD":
                return self._load(args[0])
            case b"EXISTS":
                return [int(digest in self._scripts) for digest in args]
            case b"FLUSH":
                self._scripts.clear()
                return OK
        return Fault("ERR unknown subcommand")

    def _load(self, source: bytes) -> bytes:
        digest = hashlib.sha1(source).hexdigest().encode()
        if digest not in self._scripts:
            text = source.decode()
            self._scripts[digest] = (text, lua.load(text))
        return digest

    def _do_eval(self, source: bytes, count: bytes, *args: bytes) -> Answer:
        return self._do_evalsha(self._load(source), count, *args)

    def _do_evalsha(self, digest: bytes, count: bytes, *args: bytes) -> Answer:
        if digest not in self._scripts:
            raise Fault("NOSCRIPT No matching script. Please use EVAL.")
        keys = int(count)
        script = self._scripts[digest][1]
        tables = (Table(map(_to_lua, part)) for part in (args[:keys], args[keys:]))
        try:
            return _from_lua(script(*tables, {"call": self._call, "pcall": self._pcall}))
        except TypeError as error:
            raise Fault(f"ERR {error} script: {digest.decode()}") from error

    def _call(self, name: str, *args: object) -> object:
        answer = self.execute(name.encode("latin-1"), *map(_argument, args))
        if isinstance(answer, Fault):
            raise answer
        return _to_lua(answer)

    def _pcall(self, name: str, *args: object) -> object:
        try:
            return self._call(name, *args)
        except Fault as fault:
            return Table((), [("err", str(fault))])


class _Sorted(dict[bytes, float]):
    """Members with their scores."""


def _integer(text: bytes) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Fault(_NOT_A_NUMBER) from error


def _score(score: float) -> bytes:
    return b"%d" % int(score) if score.is_integer() else repr(score).encode()


def _bound(text: bytes) -> tuple[float, bool]:
    """A score and whether it is left out itself."""
    return (float(text[1:]), True) if text.startswith(b"(") else (float(text), False)


def _slice(rows: list, first: bytes, last: bytes) -> list:  # type: ignore[type-arg]
    start, stop = int(first), int(last)
    start = max(0, len(rows) + start) if start < 0 else start
    stop = len(rows) + stop if stop < 0 else stop
    return rows[start : stop + 1]


def _with_scores(rows: Iterable[tuple[float, bytes]], options: tuple[bytes, ...]) -> list[bytes]:
    words = [option.upper() for option in options]
    rows = list(rows)
    if b"LIMIT" in words:
        at = words.index(b"LIMIT")
        skipped, most = int(options[at + 1]), int(options[at + 2])
        rows = rows[skipped : None if most < 0 else skipped + most]
    if b"WITHSCORES" not in words:
        return [member for _, member in rows]
    return [part for score, member in rows for part in (member, _score(score))]


def _argument(value: object) -> bytes:
    match value:
        case float():
            return b"%d" % int(value) if value.is_integer() else repr(value).encode()
        case str():
            return value.encode("latin-1")
    raise Fault("ERR Lua redis lib command arguments must be strings or integers")


def _to_lua(answer: object) -> object:
    match answer:
        case None:
            return False
        case bytes():
            return answer.decode("latin-1")
        case bool() | int():
            return float(answer)
        case Line(text):
            return Table((), [("ok", text)])
        case list() | tuple():
            return Table(map(_to_lua, answer))
    raise AssertionError(f"no Lua value for {answer!r}")


def _from_lua(value: object) -> Answer:
    match value:
        case None | False:
            return None
        case True:
            return 1
        case float():
            return int(value)
        case str():
            return value.encode("latin-1")
        case Table() if value["err"] is not None:
            return Fault(str(value["err"]))
        case Table() if value["ok"] is not None:
            return Line(str(value["ok"]))
        case Table():
            return [_from_lua(row) for row in value.rows()]
    raise AssertionError(f"no reply for {value!r}")
