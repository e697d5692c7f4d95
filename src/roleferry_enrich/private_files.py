"""Small files of the data directory that only its owner may read: keys.

Each appears whole or not at all, and what cannot be such a file reads as none.
"""

import os
from pathlib import Path

# Any secret of ours is far shorter; a larger file is not one, and is not worth reading.
_MOST_BYTES = 4_096


def read_private(path: Path) -> str | None:
    """What `write_private` wrote; None where there is no file, or something else in its place."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except (FileNotFoundError, IsADirectoryError):
        return None
    if len(content) > _MOST_BYTES:
        return None
    try:
        return content.decode("ascii").strip() or None
    except UnicodeDecodeError:
        return None


def write_private(path: Path, text: str, *, replace: bool) -> None:
    """Where the file exists already it is kept, unless `replace`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
    try:
        # A link, unlike a rename, never takes the place of another's file.
        (os.replace if replace else os.link)(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
