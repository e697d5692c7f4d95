"""Reads microdata (`itemscope`, `itemprop`) into the same things as JSON-LD."""

from collections import defaultdict
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from roleferry_enrich.providers.pages.documents import attribute, text_of
from roleferry_enrich.providers.pages.things import Thing, type_name

_LINKS = {"a": "href", "area": "href", "link": "href", "img": "src", "object": "data"}
_MOST_ITEMS = 1_000
_DEEPEST = 10
_LONGEST_TEXT = 2_000

Places = dict[int, list[tuple[str, LexborNode]]]


def microdata(tree: LexborHTMLParser, page_url: str) -> tuple[Thing, ...]:
    """The items that stand in no other item."""
    nodes = tree.css("[itemscope], [itemprop]")[:_MOST_ITEMS]
    properties: Places = defaultdict(list)
    roots = []
    for node in nodes:
        holder = _item_around(node)
        if "itemprop" in node.attributes and holder is not None:
            for name in attribute(node, "itemprop").split():
                properties[holder.mem_id].append((type_name(name), node))
        elif "itemscope" in node.attributes:
            roots.append(node)
    reader = _Reader(properties, page_url)
    return tuple(reader.thing(node, _DEEPEST) for node in roots)


def _item_around(node: LexborNode) -> LexborNode | None:
    above = node.parent
    while above is not None and "itemscope" not in above.attributes:
        above = above.parent
    return above


class _Reader:
    """Makes each item once: an item that is several properties would else be made at each."""

    def __init__(self, places: Places, page_url: str) -> None:
        self._places = places
        self._page_url = page_url
        self._made: dict[int, Thing] = {}

    def thing(self, node: LexborNode, depth: int) -> Thing:
        if node.mem_id not in self._made:
            self._made[node.mem_id] = self._make(node, depth)
        return self._made[node.mem_id]

    def _make(self, node: LexborNode, depth: int) -> Thing:
        properties: dict[str, tuple[str | Thing, ...]] = {}
        for name, place in self._places.get(node.mem_id, ()):
            nested = "itemscope" in place.attributes and depth > 0
            value = self.thing(place, depth - 1) if nested else _value(place, self._page_url)
            properties[name] = (*properties.get(name, ()), value)
        return Thing(
            types=frozenset(type_name(name) for name in attribute(node, "itemtype").split()),
            properties=properties,
            identity=attribute(node, "itemid") or None,
        )


def _value(node: LexborNode, page_url: str) -> str:
    if "content" in node.attributes:
        return attribute(node, "content").strip()[:_LONGEST_TEXT]
    link = _LINKS.get(node.tag or "")
    if link is not None and link in node.attributes:
        return _absolute(attribute(node, link).strip()[:_LONGEST_TEXT], page_url)
    return text_of(node)


def _absolute(href: str, page_url: str) -> str:
    try:
        return urljoin(page_url, href)
    except ValueError:
        return href
