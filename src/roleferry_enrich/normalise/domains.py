"""Domains in canonical form."""

from roleferry_enrich.domain.identifiers import Domain


def parse_domain(text: str) -> Domain | None:
    host = text.strip().lower().removeprefix("https://").removeprefix("www.").rstrip("./")
    labels = host.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(labels) or "@" in host:
        return None
    return Domain(host)
