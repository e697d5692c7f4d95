"""A page as the lines a reader sees, in order, each with the element it stands in.

Elements that hold no staff by their nature (menus, quotes, comments) are left out here, so that
the rules over the lines need not know of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from roleferry_enrich.providers.pages.documents import UNSEEN, attribute
from roleferry_enrich.providers.pages.vocabulary import OTHER_PEOPLE, word_set
from roleferry_enrich.providers.pages.wording import tidy, words_of

_INLINE = word_set(
    "a abbr b bdi bdo cite code em font i img ins label mark q s small span strong sub sup time u "
    "wbr data"
)
_ASIDE = word_set("nav aside form blockquote q button dialog menu")
_CARDS = word_set("article li figure section")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_MOST_NODES = 60_000
_MOST_LINES = 5_000
_LONGEST_LINE = 1_000


@dataclass(slots=True)
class Line:
    """The text of one block, or of one side of a line break in it."""

    element: LexborNode
    heading: int | None
    pieces: list[str] = field(default_factory=list)
    """As the inline elements divide it."""
    links: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return tidy(" ".join(self.pieces)[:_LONGEST_LINE])


def lines_of(tree: LexborHTMLParser, *, everything: bool = False) -> list[Line]:
    """The lines with text or links in them: where staff may stand, or on the whole page."""
    body = tree.body
    if body is None:
        return []
    reader = _Reader()
    for count, node in enumerate(_visible(body, everything=everything)):
        if count > _MOST_NODES or len(reader.lines) > _MOST_LINES:
            break
        reader.read(node)
    return [line for line in reader.lines if line.links or line.text]


class _Reader:
    """Gathers inline text into the line of its nearest block."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._block: int | None = None

    def read(self, node: LexborNode) -> None:
        match node.tag:
            case "-text":
                self._add_text(node)
            case "br" | "hr":
                self._block = None
            case "a":
                self._line_for(node).links.append(attribute(node, "href")[:_LONGEST_LINE])
            case tag if tag in _INLINE or tag is None:
                pass
            case _:
                self._block = None

    def _add_text(self, node: LexborNode) -> None:
        text = tidy((node.text_content or "")[:_LONGEST_LINE])
        if text:
            self._line_for(node).pieces.append(text)

    def _line_for(self, node: LexborNode) -> Line:
        block = _block_around(node)
        if self._block != block.mem_id or not self.lines:
            self.lines.append(Line(block, _HEADINGS.get(block.tag or "")))
            self._block = block.mem_id
        return self.lines[-1]


def _block_around(node: LexborNode) -> LexborNode:
    above = node.parent
    while above is not None and above.tag in _INLINE and above.parent is not None:
        above = above.parent
    return above or node


def _visible(root: LexborNode, *, everything: bool) -> Iterator[LexborNode]:
    """The nodes below in document order, found one by one: a page may have a million."""
    node = root.first_child
    while node is not None:
        skipped = _is_unseen(node) or (not everything and _is_aside(node))
        if not skipped:
            yield node
        node = (None if skipped else node.first_child) or _after(node, root)


def _after(node: LexborNode, root: LexborNode) -> LexborNode | None:
    """The node that follows in the document when what is below this one is left out."""
    here: LexborNode | None = node
    while here is not None and here.mem_id != root.mem_id:
        if here.next is not None:
            return here.next
        here = here.parent
    return None


def _is_unseen(node: LexborNode) -> bool:
    tag = node.tag or "-"
    return tag in UNSEEN or (tag.startswith("-") and tag != "-text")


def _is_aside(node: LexborNode) -> bool:
    """Whether an element names no staff by its nature, or says so in its class."""
    tag = node.tag or ""
    if tag == "-text":
        return False
    if tag in _ASIDE:
        return True
    if tag == "footer" and not _is_in_card(node):
        return True
    if "hidden" in node.attributes:
        return True
    told = f"{attribute(node, 'class')} {attribute(node, 'id')}"[:300]
    return bool(told.strip()) and not OTHER_PEOPLE.isdisjoint(words_of(told.replace("_", " ")))


def _is_in_card(node: LexborNode) -> bool:
    above = node.parent
    while above is not None and above.tag not in _CARDS:
        above = above.parent
    return above is not None
