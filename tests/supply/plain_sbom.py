"""A bill of materials that says what is installed, and not from which index or by which machine.

From a lock alone the tool knows no dependencies, gives each component the address of the public
index, and names it by a line of the lock. The lock does say who asked for what: `# via`.
"""

import re
from typing import Any

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==")
_ROOT = "roleferry-enrich"
_VIA = re.compile(r"^\s+#(?: via)?\s+(?:via )?([A-Za-z0-9._-]+)")

Bill = dict[str, Any]
"""CycloneDX JSON, a format that is open by definition."""


def plain(made: Bill, lock: str) -> Bill:
    """The same every time for the same lock."""
    names = {one["name"]: one["purl"] for one in made["components"]}
    root = {**made["metadata"]["component"], "bom-ref": _ROOT}
    asked = dependencies(lock)
    return {
        **{part: made[part] for part in ("$schema", "bomFormat", "specVersion", "version")},
        "metadata": {"component": root},
        "components": sorted(map(_component, made["components"]), key=lambda one: one["bom-ref"]),
        "dependencies": [
            {"ref": names.get(name, _ROOT), "dependsOn": sorted(names[one] for one in needs)}
            for name, needs in sorted(asked.items())
        ],
    }


def dependencies(lock: str) -> dict[str, set[str]]:
    """Who needs what, as the lock's comments have it; all that is pinned is there."""
    found: dict[str, set[str]] = {_ROOT: set()}
    current = ""
    for line in lock.splitlines():
        pinned, via = _PINNED.match(line), _VIA.match(line)
        if pinned:
            current = pinned[1]
            found.setdefault(current, set())
        elif via and via[1] != "via":
            found.setdefault(via[1], set()).add(current)
    return found


def _component(one: Bill) -> Bill:
    hashes = {
        (each["alg"], each["content"])
        for reference in one.get("externalReferences", ())
        for each in reference.get("hashes", ())
    }
    return {
        **{part: one[part] for part in ("name", "version", "type", "purl")},
        "bom-ref": one["purl"],
        "hashes": [{"alg": alg, "content": content} for alg, content in sorted(hashes)],
    }
