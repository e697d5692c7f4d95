"""Runs our Redis scripts as they stand: their Lua is turned into Python once and then called.

A port by hand would have to follow every change of the scripts, and a simulation of a script that
has moved on proves nothing. Only the part of Lua 5.1 that scripts of ours can need is here;
anything else is refused when the script is loaded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.simulation.lua_values import BUILT_IN

_TOKEN = re.compile(
    r"""(?P<space>\s+|--\[\[.*?\]\]|--[^\n]*)
      | (?P<number>0x[0-9a-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?)
      | (?P<name>[A-Za-z_]\w*)
      | (?P<string>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")
      | (?P<mark>\.\.|==|~=|<=|>=|[-+*/%^\#<>=(){}\[\];:,.])""",
    re.VERBOSE | re.DOTALL,
)
_RESERVED = frozenset(
    [
        "and",
        "break",
        "do",
        "else",
        "elseif",
        "end",
        "false",
        "for",
        "function",
        "if",
        "in",
        "local",
        "nil",
        "not",
        "or",
        "repeat",
        "return",
        "then",
        "true",
        "until",
        "while",
    ]
)
_STRENGTH = {
    "or": 1, "and": 2, "<": 3, ">": 3, "<=": 3, ">=": 3, "~=": 3, "==": 3, "..": 4,
    "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip
_UNARY_STRENGTH = 7
_SPREADS = ("_unpack(", "_table['unpack'](")
_INDENT = "    "


def translate(script: str) -> str:
    """The source of a Python function `script(KEYS, ARGV, redis)`."""
    reader = _Reader(_tokens(script))
    scope = _Scope(names={"KEYS": "KEYS", "ARGV": "ARGV", "redis": "redis"})
    body = reader.block(scope)
    reader.expect("<end>")
    return "\n".join(["def script(KEYS, ARGV, redis):", *_indented(body)])


def load(script: str) -> object:
    """The script as a Python callable."""
    namespace: dict[str, object] = {"_" + name: value for name, value in BUILT_IN.items()}
    exec(translate(script), namespace)
    return namespace["script"]


def _tokens(script: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(script):
        match = _TOKEN.match(script, at)
        if match is None:
            raise SyntaxError(f"no Lua at {script[at : at + 20]!r}")
        at, kind = match.end(), str(match.lastgroup)
        if kind == "name" and match[0] in _RESERVED:
            kind = "word"
        if kind != "space":
            yield kind, match[0]
    yield "word", "<end>"


def _indented(lines: list[str]) -> list[str]:
    return [_INDENT + line for line in lines] or [_INDENT + "pass"]


@dataclass
class _Scope:
    """Names of a block; each declaration gets a Python name of its own, as Lua's shadow."""

    names: dict[str, str] = field(default_factory=dict)
    outer: "_Scope | None" = None
    depth: int = 0
    function: "list[str]" = field(default_factory=list)
    """Python names that belong to this block's function; others are assigned as nonlocal."""
    borrowed: "set[str]" = field(default_factory=set)

    def inner(self) -> "_Scope":
        return _Scope({}, self, self.depth, self.function, self.borrowed)

    def inner_function(self) -> "_Scope":
        return _Scope({}, self, self.depth + 1)

    def declare(self, name: str) -> str:
        fresh = f"{name}_{self.depth}_{len(self.function)}"
        self.function.append(fresh)
        self.names[name] = fresh
        return fresh

    def find(self, name: str) -> str:
        if name in self.names:
            return self.names[name]
        if self.outer is not None:
            return self.outer.find(name)
        if name in BUILT_IN:
            return "_" + name
        raise SyntaxError(f"unknown name {name!r}")

    def assign(self, name: str) -> str:
        known = self.find(name)
        if known not in self.function:
            self.borrowed.add(known)
        return known


class _Reader:
    def __init__(self, tokens: Iterator[tuple[str, str]]) -> None:
        self._tokens = list(tokens)
        self._at = 0

    def block(self, scope: _Scope) -> list[str]:
        lines: list[str] = []
        while self._word() not in {"end", "else", "elseif", "until", "<end>"}:
            if self._take(";"):
                continue
            lines += self._statement(scope)
        return lines

    def expect(self, text: str) -> None:
        if not self._take(text):
            raise SyntaxError(f"{text!r} was expected, not {self._word()!r}")

    def _statement(self, scope: _Scope) -> list[str]:
        match self._word():
            case "local":
                return self._local(scope)
            case "if":
                return self._if(scope)
            case "for":
                return self._for(scope)
            case "while":
                return self._while(scope)
            case "repeat":
                return self._repeat(scope)
            case "do":
                self._next()
                lines = self.block(scope.inner())
                self.expect("end")
                return lines
            case "return":
                return self._return(scope)
            case "break":
                self._next()
                return ["break"]
        return self._assignment_or_call(scope)

    def _local(self, scope: _Scope) -> list[str]:
        self._next()
        if self._take("function"):
            return self._function(scope, scope.declare(self._next()))
        names = [self._next()]
        while self._take(","):
            names.append(self._next())
        values = self._list(scope) if self._take("=") else []
        values += ["None"] * (len(names) - len(values))
        return [f"{', '.join(map(scope.declare, names))} = {', '.join(values)}"]

    def _function(self, scope: _Scope, name: str) -> list[str]:
        inside, parameters = scope.inner_function(), []
        self.expect("(")
        while not self._take(")"):
            parameters.append(inside.declare(self._next()) + "=None")
            self._take(",")
        body = self.block(inside)
        self.expect("end")
        if inside.borrowed:
            body.insert(0, f"nonlocal {', '.join(sorted(inside.borrowed))}")
        return [f"def {name}({', '.join(parameters)}):", *_indented(body)]

    def _if(self, scope: _Scope) -> list[str]:
        lines, word = [], "if"
        while word in {"if", "elseif"}:
            self._next()
            condition = self._expression(scope)
            self.expect("then")
            lines.append(f"{'if' if word == 'if' else 'elif'} _truth({condition}):")
            lines += _indented(self.block(scope.inner()))
            word = self._word()
        if self._take("else"):
            lines += ["else:", *_indented(self.block(scope.inner()))]
        self.expect("end")
        return lines

    def _for(self, scope: _Scope) -> list[str]:
        self._next()
        names = [self._next()]
        while self._take(","):
            names.append(self._next())
        counted = self._take("=")
        if not counted:
            self.expect("in")
        values = ", ".join(self._list(scope))
        self.expect("do")
        inside = scope.inner()
        variables = ", ".join(map(inside.declare, names))
        body = self.block(inside)
        self.expect("end")
        source = f"_count({values})" if counted else values
        return [f"for {variables} in {source}:", *_indented(body)]

    def _while(self, scope: _Scope) -> list[str]:
        self._next()
        condition = self._expression(scope)
        self.expect("do")
        body = self.block(scope.inner())
        self.expect("end")
        return [f"while _truth({condition}):", *_indented(body)]

    def _repeat(self, scope: _Scope) -> list[str]:
        self._next()
        inside = scope.inner()
        body = self.block(inside)
        self.expect("until")
        return ["while True:", *_indented([*body, f"if _truth({self._expression(inside)}): break"])]

    def _return(self, scope: _Scope) -> list[str]:
        self._next()
        if self._word() in {"end", "else", "elseif", "until", "<end>", ";"}:
            return ["return None"]
        value = self._expression(scope)
        if self._word() == ",":
            raise SyntaxError("several results are not supported")
        return [f"return {value}"]

    def _assignment_or_call(self, scope: _Scope) -> list[str]:
        name = self._next()
        target = scope.find(name)
        target, is_call = self._suffixes(target, scope)
        if is_call:
            return [target]
        if target == scope.find(name):
            target = scope.assign(name)
        self.expect("=")
        return [f"{target} = {self._expression(scope)}"]

    def _list(self, scope: _Scope) -> list[str]:
        values = [self._expression(scope)]
        while self._take(","):
            values.append(self._expression(scope))
        return values

    def _expression(self, scope: _Scope, least: int = 0) -> str:
        left = self._operand(scope)
        while (strength := _STRENGTH.get(self._word(), 0)) > least:
            mark = self._next()
            # Concatenation joins from the right, everything else from the left.
            right = self._expression(scope, strength - 1 if mark == ".." else strength)
            left = _joined(mark, left, right)
        return left

    def _operand(self, scope: _Scope) -> str:
        kind, text = self._tokens[self._at]
        self._at += 1
        match text:
            case "not":
                return f"(not _truth({self._expression(scope, _UNARY_STRENGTH)}))"
            case "-":
                return f"(-_number({self._expression(scope, _UNARY_STRENGTH)}))"
            case "#":
                return f"_length({self._expression(scope, _UNARY_STRENGTH)})"
            case "nil" | "true" | "false":
                return {"nil": "None", "true": "True", "false": "False"}[text]
            case "{":
                return self._table(scope)
            case "(":
                inside = self._expression(scope)
                self.expect(")")
                return self._suffixes(f"({inside})", scope)[0]
        if kind == "number":
            return repr(float(int(text, 16) if text.startswith("0x") else text))
        if kind == "string":
            return text
        if kind == "name":
            return self._suffixes(scope.find(text), scope)[0]
        raise SyntaxError(f"no expression begins with {text!r}")

    def _table(self, scope: _Scope) -> str:
        rows, members = [], []
        while not self._take("}"):
            if self._take("["):
                key = self._expression(scope)
                self.expect("]")
                self.expect("=")
                members.append(f"({key}, {self._expression(scope)})")
            elif self._tokens[self._at][0] == "name" and self._tokens[self._at + 1][1] == "=":
                key = self._next()
                self._next()
                members.append(f"({key!r}, {self._expression(scope)})")
            else:
                rows.append(self._expression(scope))
            if not self._take(","):
                self._take(";")
        return f"_Table([{', '.join(rows)}], [{', '.join(members)}])"

    def _suffixes(self, target: str, scope: _Scope) -> tuple[str, bool]:
        is_call = False
        while True:
            if self._take("."):
                target, is_call = f"{target}[{self._next()!r}]", False
            elif self._take("["):
                target, is_call = f"{target}[{self._expression(scope)}]", False
                self.expect("]")
            elif self._take("("):
                given = [] if self._word() == ")" else self._list(scope)
                self.expect(")")
                if given and given[-1].startswith(_SPREADS):
                    given[-1] = "*" + given[-1]
                target, is_call = f"{target}({', '.join(given)})", True
            else:
                return target, is_call

    def _word(self) -> str:
        return self._tokens[self._at][1]

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _take(self, text: str) -> bool:
        kind, found = self._tokens[self._at]
        if found != text or kind == "string":
            return False
        self._at += 1
        return True


def _joined(mark: str, left: str, right: str) -> str:
    match mark:
        case "and":
            return f"_both({left}, lambda: {right})"
        case "or":
            return f"_either({left}, lambda: {right})"
        case "==":
            return f"_same({left}, {right})"
        case "~=":
            return f"(not _same({left}, {right}))"
        case "..":
            return f"(_text({left}) + _text({right}))"
        case "<" | ">" | "<=" | ">=":
            return f"({left} {mark} {right})"
    return f"(_number({left}) {mark} _number({right}))"
