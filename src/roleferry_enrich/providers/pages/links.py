"""Which pages of a site say who is who: links followed, redirects followed, and no others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from roleferry_enrich.providers.pages.documents import Page, Topic, attribute, text_of
from roleferry_enrich.providers.pages.vocabulary import word_set
from roleferry_enrich.providers.pages.wording import words_of


@dataclass(frozen=True, slots=True)
class Address:
    """A page of the site: always https, always below the site's own domain."""

    host: str
    path: str
    params: tuple[tuple[str, str], ...] = ()

    @property
    def origin(self) -> str:
        return f"https://{self.host}"

    @property
    def url(self) -> str:
        query = f"?{urlencode(self.params)}" if self.params else ""
        return f"{self.origin}{self.path}{query}"


_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_LONGEST_URL = 2_000
_MOST_LINKS = 2_000

_TOPIC_WORDS = {
    Topic.PEOPLE: word_set(
        "team teams teammembers ourteam people staff leadership leaders management board directors "
        "founders executives executive officers trustees mitarbeiter mitarbeitende "
        "ansprechpartner vorstand geschaftsfuhrung geschaeftsfuehrung geschaftsleitung equipe "
        "equipo dirigeants direccion squadra mensen medewerkers bestuur directie ledelse ledelsen "
        "ansatte medarbejdere medarbetare ledning ledningsgrupp henkilosto zespol tym equipa "
        "ourpeople meettheteam"
    ),
    Topic.ABOUT: word_set(
        "about aboutus company story who whoweare uberuns ueberuns unternehmen firma apropos "
        "quisommesnous sobrenosotros quienessomos chisiamo overons omoss omos onas sobre sobrenos "
        "uber ueber entreprise empresa azienda"
    ),
    Topic.LEGAL: word_set(
        "contact contactus contacts kontakt contacto contatti contato contactez imprint impressum "
        "legal mentionslegales avisolegal notelegali colofon yhteystiedot"
    ),
}
# Words that may stand beside the others without changing what a page is about.
_FILLERS = word_set(
    "our the meet us of and we are senior company group uns unser unsere notre nos nous nuestro "
    "nuestra nuestros il la le nostro nostra ons onze page en de fr es it nl index notice les "
    "mentions a propos qui sommes quienes somos chi siamo om oss os over html htm php aspx "
    "companies und y et e your key i o"
)
_NOT_A_PAGE = re.compile(
    r"\.(pdf|jpe?g|png|gif|svg|webp|zip|docx?|xlsx?|pptx?|mp[34]|ics|vcf|xml|json|css|js)$"
)


def resolve(href: str, *, base: Address, domain: str) -> Address | None:
    """Where a link or redirect of `base` leads; None where that is not a page of this site.

    A link to plain http is taken as https, which is the caller's to refuse for a redirect.
    """
    if len(href) > _LONGEST_URL or "\\" in href:
        return None
    try:
        parts = urlsplit(urljoin(base.url, href.strip()))
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").removesuffix(".")
    if parts.scheme not in {"http", "https"} or parts.username is not None:
        return None
    if port not in {None, 80, 443} or not belongs_to(host, domain):
        return None
    path = quote(unquote(parts.path or "/", errors="replace"), safe="/:@!$&'()*+,;=~-._")
    return Address(host, path, tuple(parse_qsl(parts.query)))


def belongs_to(host: str, domain: str) -> bool:
    """Whether a host is the registrable domain itself or below it."""
    return bool(_HOST.fullmatch(host)) and (host == domain or host.endswith(f".{domain}"))


def pages_to_read(
    home: Page, domain: str, topics: tuple[Topic, ...]
) -> list[tuple[Address, Topic]]:
    """The pages of these topics that the home page links, in the order of the topics."""
    found: dict[Address, Topic] = {}
    for address, topic in _links(home, domain):
        if topic in topics and address.path != home.path:
            found.setdefault(address, topic)
    return sorted(found.items(), key=lambda item: topics.index(item[1]))


def _links(page: Page, domain: str) -> Iterator[tuple[Address, Topic]]:
    here = Address(page.host, page.path)
    for link in page.tree.css("a[href]")[:_MOST_LINKS]:
        address = resolve(attribute(link, "href"), base=here, domain=domain)
        if address is None or not _is_same_site(address.host, page.host):
            continue
        if _NOT_A_PAGE.search(address.path.lower()):
            continue
        topic = _topic_of_path(address.path) or topic_of(text_of(link)[:80])
        if topic is not None:
            yield address, topic


def _is_same_site(host: str, other: str) -> bool:
    return host.removeprefix("www.") == other.removeprefix("www.")


def _topic_of_path(path: str) -> Topic | None:
    segments = [part for part in unquote(path).split("/") if part]
    if not segments or len(segments) > 4:
        return None
    return topic_of(segments[-1])


def topic_of(text: str) -> Topic | None:
    """The topic a short text names with no other word beside it.

    "Management team" is about people, "Asset management" is a service.
    """
    words = words_of(text)
    told = [word for word in words if word not in _FILLERS]
    if len(words) > 5 or not words:
        return None
    joined = "".join(words)
    for topic, known in _TOPIC_WORDS.items():
        if joined in known or (told and all(word in known for word in told)):
            return topic
    return None
