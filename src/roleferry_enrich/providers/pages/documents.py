"""A reply as a parsed web page, or the verdict that it is none.

Pages come from strangers: what they cost to parse is bounded here, and what they say is data.
"""

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from roleferry_enrich.providers.pages.vocabulary import word_set
from roleferry_enrich.providers.pages.wording import tidy
from roleferry_enrich.providers.replies import Reply


class Topic(IntEnum):
    """What a page is about, as the link that led to it says."""

    HOME = 0
    PEOPLE = 1
    ABOUT = 2
    LEGAL = 3


@dataclass(frozen=True, slots=True)
class Page:
    host: str
    path: str
    topic: Topic
    tree: LexborHTMLParser


_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", ""})
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]{0,30})")
_NEVER_NEST = word_set(
    "area base br col embed hr img input link meta source track wbr p li dt dd tr td th thead "
    "tbody tfoot option optgroup html head body"
)
# Real pages nest some 40 deep. The parser's time grows with size times depth: 2 MB of unclosed
# <div> took it six minutes, cut at this depth 60 ms.
_DEEPEST = 300
_LONGEST = 2_000_000

UNSEEN = word_set("script style noscript template svg select iframe object head")
"""Elements whose text no reader of the page sees."""


def read_page(reply: Reply, *, host: str, path: str, topic: Topic) -> Page | None:
    """The page in a reply; None where the reply is something else than HTML."""
    content_type = reply.headers.get("content-type", "")
    if content_type.split(";")[0].strip().lower() not in _HTML_TYPES:
        return None
    text = _decoded(reply.body[:_LONGEST], content_type)
    if "<" not in text[:1_000]:
        return None
    return Page(host, path, topic, LexborHTMLParser(_cut_where_too_deep(text)))


def _decoded(body: bytes, content_type: str) -> str:
    """The text in the encoding that the header or the page names; UTF-8 where neither is known."""
    declared = re.search(r"charset=\"?([\w-]{1,40})", content_type, re.IGNORECASE)
    found = _CHARSET.search(body[:4_096])
    name = declared[1] if declared else found[1].decode("ascii", "replace") if found else "utf-8"
    try:
        encoding = codecs.lookup(name)
        text = body.decode(encoding.name, "replace")
    except (LookupError, ValueError):
        text = body.decode("utf-8", "replace")
    return text.removeprefix("\ufeff").replace("\0", "")


def _cut_where_too_deep(html: str) -> str:
    """The page up to the point where it nests deeper than any page a person wrote.

    Counted by element name: a stray end tag must not hide an unclosed element of another name.
    """
    opened: Counter[str] = Counter()
    depth = 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name in _NEVER_NEST:
            continue
        if not tag[1]:
            opened[name] += 1
            depth += 1
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
        if depth > _DEEPEST:
            return html[: tag.start()]
    return html


def text_of(node: LexborNode, *, longest: int = 2_000) -> str:
    """The text below a node on one line, its pieces kept apart."""
    pieces: list[str] = []
    for below in islice(node.traverse(include_text=True), longest):
        parent = below.parent
        if below.tag == "-text" and (parent is None or parent.tag not in UNSEEN):
            pieces.append((below.text_content or "")[:longest])
    return tidy(" ".join(pieces)[:longest])


def attribute(node: LexborNode, name: str) -> str:
    return node.attributes.get(name) or ""
