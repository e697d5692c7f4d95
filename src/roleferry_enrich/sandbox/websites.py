"""The web sites of the sandbox's companies, in the makes that real sites come in.

Each company always has the same make. Beside the staff every make shows people who are none
(guest authors, customers, alumni), because telling them apart is what the adapter is for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from html import escape

import orjson

from roleferry_enrich.sandbox.networks import facebook_page, x_handle
from roleferry_enrich.sandbox.population import Company, Person

DECOYS = (
    "Gesa Wortmann", "Benno Kundera", "Tilda Fernsby", "Oswin Castellane", "Marit Gestrup",
)  # fmt: skip
"""Names that every site shows somewhere and that work for no company of this world."""
_AUTHOR, _CUSTOMER, _ALUMNA, _INVESTOR, _REVIEWER = DECOYS
_MOST_SHOWN = 10


class Make(IntEnum):
    """How a site is built; a company's id decides."""

    GRAPH = 0
    """Linked data in one graph, as content systems write it; the page itself says little."""
    MICRODATA = 1
    CARDS = 2
    """Cards on a host that the bare domain redirects to."""
    TABLE = 3
    """A table below a language folder that the home page redirects to."""
    LIST = 4
    """A list in running lines, and linked data too broken for a strict reader."""
    BARE = 5
    """Nobody is named."""
    CLOSED = 6
    """A team page that robots.txt keeps closed."""
    FIGURES = 7
    """Pictures with captions on the page about the company."""

    @classmethod
    def of(cls, company: Company) -> "Make":
        return cls(company.id % len(cls))


@dataclass(frozen=True, slots=True)
class WebPage:
    status: int
    body: str
    headers: Mapping[str, str] = field(
        default_factory=lambda: {"content-type": "text/html; charset=utf-8"}
    )


def staff_shown(company: Company, staff: Sequence[Person]) -> Sequence[Person]:
    """Whom a visitor who obeys robots.txt can read of, the most senior first."""
    hidden = Make.of(company) in {Make.BARE, Make.CLOSED}
    return () if hidden else staff[:_MOST_SHOWN]


def web_page(company: Company, staff: Sequence[Person], *, host: str, path: str) -> WebPage:
    """What the company's site answers for a path on one of its hosts."""
    make = Make.of(company)
    if make is Make.CARDS and host == company.domain:
        return _moved(f"https://www.{company.domain}{path}")
    if make is Make.TABLE and path == "/":
        return _moved("/en/")
    if path == "/robots.txt":
        return _robots(make)
    page = _PAGES[make].get(path)
    if page is None:
        return WebPage(404, "<!doctype html><title>Not found</title><h1>Not found</h1>")
    body = page(company, staff[:_MOST_SHOWN])
    return WebPage(200, f"<!doctype html><html lang='en'>{body}</html>")


def _moved(location: str) -> WebPage:
    return WebPage(301, "", {"location": location})


def _robots(make: Make) -> WebPage:
    closed = "/team" if make is Make.CLOSED else "/search"
    text = f"User-agent: *\nDisallow: {closed}\n"
    return WebPage(200, text, {"content-type": "text/plain"})


Body = Callable[[Company, Sequence[Person]], str]


def _home(*links: str, head: Callable[[Company], str] = lambda _: "") -> Body:
    """A home page that links these paths and quotes a happy customer."""

    def page(company: Company, _: Sequence[Person]) -> str:
        menu = "".join(
            f"<li><a href='{path}'>{text}</a></li>"
            for path, _, text in (x.partition(" ") for x in links)
        )
        return (
            f"<head><title>{escape(company.name)}</title>{head(company)}</head><body>"
            f"<nav><ul><li><a href='/services'>Asset management</a></li>{menu}"
            f"<li><a href='/blog'>Blog</a></li></ul></nav>"
            f"<h1>{escape(company.description)}</h1>"
            f"<section><h2>What our customers say</h2>"
            f"<p>They kept every promise.</p><p>{_CUSTOMER}, Managing Director</p></section>"
            f"<section class='latest-blog'><h2>From the blog</h2>"
            f"<p>Notes on trends</p><p class='byline'>{_AUTHOR}, guest editor</p></section>"
            f"{_footer(company)}</body>"
        )

    return page


def _team(staff_as: Callable[[Company, Sequence[Person]], str], after: str = "") -> Body:
    """A page about the people, with alumni below the staff."""

    def page(company: Company, staff: Sequence[Person]) -> str:
        return (
            f"<head><title>Our people</title></head><body><h1>Meet the team</h1>"
            f"{staff_as(company, staff)}{after}"
            f"<h2>Alumni</h2><div class='card'><h3>{_ALUMNA}</h3><p>Finance Director until 2019</p>"
            f"</div>{_footer(company)}</body>"
        )

    return page


def _footer(company: Company) -> str:
    return (
        f"<footer><p>&copy; 2026 {escape(company.legal_name)}. Registered in England and Wales, "
        f"company number {company.number}. Registered office: {escape(company.street)}, "
        f"{escape(company.city)} {escape(company.postcode)}.</p>"
        f"<p><a href='tel:{escape(company.phone)}'>Call</a> "
        f"<a href='mailto:info@{company.domain}'>E-mail</a> "
        f"<a href='https://www.linkedin.com/company/{company.linkedin_slug}'>LinkedIn</a></p>"
        f"</footer>"
    )


def _linked_data(document: object) -> str:
    text = orjson.dumps(document).decode().replace("<", "\\u003c")
    return f"<script type='application/ld+json'>{text}</script>"


def _organisation(company: Company) -> dict[str, object]:
    return {
        "@type": ["Organization", "Corporation"],
        "@id": f"https://{company.domain}/#organization",
        "name": company.name,
        "legalName": company.legal_name,
        "url": f"https://{company.domain}/",
        "telephone": company.phone,
        "numberOfEmployees": {"@type": "QuantitativeValue", "value": company.employees},
        "address": {
            "@type": "PostalAddress",
            "streetAddress": company.street,
            "addressLocality": company.city,
            "postalCode": company.postcode,
            "addressCountry": company.country_code,
        },
        "sameAs": [
            f"https://www.linkedin.com/company/{company.linkedin_slug}",
            f"https://x.com/{x_handle(company)}",
            f"https://www.facebook.com/{facebook_page(company)}",
        ],
    }


def _graph(company: Company, staff: Sequence[Person]) -> str:
    """People tied to the organisation by reference, beside an article's guest author."""
    people = [
        {
            "@type": "Person",
            "@id": f"https://{company.domain}/#person-{person.id}",
            "name": person.full_name,
            "jobTitle": person.title,
            "worksFor": {"@id": f"https://{company.domain}/#organization"},
            "sameAs": [f"https://www.linkedin.com/in/{person.linkedin_slug}"],
        }
        for person in staff
    ]
    author = {"@type": "Person", "@id": "#author", "name": _AUTHOR, "jobTitle": "Editor"}
    article = {"@type": "BlogPosting", "headline": "Trends", "author": {"@id": "#author"}}
    review = {"@type": "Review", "author": {"@type": "Person", "name": _REVIEWER}}
    graph = [_organisation(company), *people, article, author, review]
    return _linked_data({"@context": "https://schema.org", "@graph": graph})


def _microdata(company: Company, staff: Sequence[Person]) -> str:
    people = "".join(
        f"<div itemprop='employee' itemscope itemtype='https://schema.org/Person'>"
        f"<span itemprop='name'>{escape(person.full_name)}</span>"
        f"<span itemprop='jobTitle'>{escape(person.title)}</span>"
        f"<a itemprop='email' href='mailto:{person.email}'>Write</a></div>"
        for person in staff
    )
    return (
        f"<div itemscope itemtype='http://schema.org/Organization'>"
        f"<meta itemprop='name' content='{escape(company.name)}'>"
        f"<link itemprop='url' href='https://{company.domain}/'>{people}"
        f"<p itemprop='alumni' itemscope itemtype='http://schema.org/Person'>"
        f"<span itemprop='name'>{_ALUMNA}</span></p></div>"
    )


def _cards(_: Company, staff: Sequence[Person]) -> str:
    return "<div class='grid'>{}</div>".format(
        "".join(
            f"<div class='card'><img alt='' src='/{person.id}.jpg'><h3>{escape(person.full_name)}"
            f"</h3><p class='role'>{escape(person.title)}</p>"
            f"<p>{escape(person.first_name)} looks after customers in {escape(person.city)}.</p>"
            f"<a href='mailto:{person.email}'>E-mail</a> "
            f"<a href='https://www.linkedin.com/in/{person.linkedin_slug}'>LinkedIn</a></div>"
            for person in staff
        )
    )


def _table(_: Company, staff: Sequence[Person]) -> str:
    rows = "".join(
        f"<tr><td>{escape(person.full_name)}</td><td>{escape(person.title)}</td>"
        f"<td><a href='mailto:{person.email}'>{person.email}</a></td></tr>"
        for person in staff
    )
    return f"<table><tr><th>Name</th><th>Position</th><th>Contact</th></tr>{rows}</table>"


def _list(_: Company, staff: Sequence[Person]) -> str:
    marks = (", ", " \u2013 ", " | ")
    rows = (
        f"<li>{escape(person.full_name)}{marks[n % 3]}{escape(person.title)}</li>"
        for n, person in enumerate(staff)
    )
    return f"<ul>{''.join(rows)}</ul>"


def _figures(_: Company, staff: Sequence[Person]) -> str:
    return "".join(
        f"<figure><img alt='' src='/{person.id}.jpg'><figcaption><b>{escape(person.full_name)}</b>"
        f"<br>{escape(person.title)}</figcaption></figure>"
        for person in staff
    )


def _broken_data(company: Company) -> str:
    """Linked data with a comment, a line break in a text and a comma too many."""
    return (
        '<script type="application/ld+json"><!--\n{"@type": "Organization", // this is us\n'
        f'"name": "{company.name}", "url": "https://{company.domain}/",\n'
        '"slogan": "We keep\nevery promise",}\n--></script>'
    )


_QUOTE = (
    f"<div class='testimonial'><p>Splendid</p><p>{_CUSTOMER}, Chief Executive</p></div>"
    f"<p>{_INVESTOR}, Partner at Castellane Ventures</p>"
)

_PAGES: Mapping[Make, Mapping[str, Body]] = {
    Make.GRAPH: {
        "/": _home("/about-us About us"),
        "/about-us": lambda company, staff: (
            f"<head>{_graph(company, staff)}</head><body><h1>About us</h1>{_footer(company)}</body>"
        ),
    },
    Make.MICRODATA: {"/": _home("/our-people Our people"), "/our-people": _team(_microdata)},
    Make.CARDS: {
        "/": _home("/team Team", "/contact Contact"),
        "/team": _team(_cards, _QUOTE),
        "/contact": lambda company, _: f"<body><h1>Contact</h1>{_footer(company)}</body>",
    },
    Make.TABLE: {
        "/en/": _home("management Management", "/impressum Impressum"),
        "/en/management": _team(_table),
    },
    Make.LIST: {
        "/": _home("/leadership Leadership", head=_broken_data),
        "/leadership": _team(_list, _QUOTE),
    },
    Make.BARE: {"/": _home()},
    Make.CLOSED: {"/": _home("/team Team"), "/team": _team(_cards)},
    Make.FIGURES: {"/": _home("/ueber-uns Über uns"), "/ueber-uns": _team(_figures, _QUOTE)},
}
